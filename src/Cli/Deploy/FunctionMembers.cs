using System.Text.Json;
using System.Text.Json.Nodes;
using Thaw.Contracts;
using Thaw.Daemon.Functions;

namespace Thaw.Cli.Deploy;

/// <summary>A function's configuration in CreateFunction's members.</summary>
internal static class FunctionMembers
{
    // What a folder's files suggest is a language; a function wants one version of it.
    private static readonly Dictionary<string, string> Newest = new() { ["nodejs"] = "nodejs22.x", ["python"] = "python3.13" };

    /// <param name="layers">The ARNs of its layers; null when nobody has said which it has.</param>
    /// <param name="all">Also what was guessed from its files; else only what its owner said.</param>
    public static JsonObject Of(FunctionFolder function, IReadOnlyList<string>? layers, bool all)
    {
        var configuration = function.Configuration;
        var members = new JsonObject();
        var isImage = configuration.Runtime.Length == 0;
        Add("Runtime", () => Newest.GetValueOrDefault(configuration.Runtime, configuration.Runtime), all && !isImage);
        Add("Handler", () => configuration.Handler, all && !isImage);
        Add("Description", () => function.Description);
        Add("Timeout", () => (int)configuration.Timeout.TotalSeconds);
        Add("MemorySize", () => configuration.MemoryMegabytes);
        Add("EphemeralStorage", () => new JsonObject { ["Size"] = configuration.StorageMegabytes });
        Add("Environment", () => new JsonObject
        {
            ["Variables"] = new JsonObject(configuration.Variables.Select(one => KeyValuePair.Create(one.Key, (JsonNode?)one.Value))),
        });
        Add("LoggingConfig", () => Logging(function));
        if (layers is not null)
            members["Layers"] = new JsonArray([.. layers.Select(layer => (JsonNode)layer)]);
        return members;

        void Add(string name, Func<JsonNode?> value, bool always = false)
        {
            if (always || function.Said.Contains(name))
                members[name] = value();
        }
    }

    /// <summary>Whether the service has all of it already.</summary>
    public static bool AreIn(JsonElement configuration, JsonObject members) => members.All(member =>
        configuration.TryGetProperty(member.Key, out var current) && IsIn(current, member.Value!, whole: member.Key == "Environment"));

    // The service tells more of a member than was asked for, but of variables what was not asked for is too much.
    private static bool IsIn(JsonElement current, JsonNode wanted, bool whole) => wanted switch
    {
        JsonObject members => current.ValueKind == JsonValueKind.Object
            && (!whole || !members.ContainsKey("Variables") || Count(current, "Variables") == members["Variables"]!.AsObject().Count)
            && members.All(member => current.TryGetProperty(member.Key, out var inner) && IsIn(inner, member.Value!, whole)),
        JsonArray items => current.ValueKind == JsonValueKind.Array && current.GetArrayLength() == items.Count
            && current.EnumerateArray().Zip(items).All(pair => IsIn(pair.First.GetProperty("Arn"), pair.Second!, whole)),
        _ => current.GetRawText() == wanted.ToJsonString() || (current.ValueKind == JsonValueKind.String
            && wanted.GetValueKind() == JsonValueKind.String && current.GetString() == wanted.GetValue<string>()),
    };

    private static int Count(JsonElement parent, string member) =>
        parent.TryGetProperty(member, out var inner) ? inner.EnumerateObject().Count() : 0;

    private static JsonObject Logging(FunctionFolder function)
    {
        var logging = function.Configuration.Logging;
        var isJson = logging.Format == LogFormat.Json;
        var members = new JsonObject { ["LogFormat"] = isJson ? "JSON" : "Text" };
        if (isJson)
        {
            members["ApplicationLogLevel"] = logging.ApplicationLevel.ToString().ToUpperInvariant();
            members["SystemLogLevel"] = logging.SystemLevel.ToString().ToUpperInvariant();
        }

        if (logging.LogGroup is { } group)
            members["LogGroup"] = group;
        return members;
    }
}
