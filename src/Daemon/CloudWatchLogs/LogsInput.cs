using System.Text.Json;
using Thaw.Daemon.Logs;

namespace Thaw.Daemon.CloudWatchLogs;

/// <summary>The members of a call's body. Each getter gives null for what is absent or null, and throws for what is wrong.</summary>
internal sealed class LogsInput(JsonElement body)
{
    public string? Text(string name) => Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => TextOf(name, text),
        var other => throw WrongType(name, "a string", other.Value),
    };

    /// <summary>A string of a length that its model allows.</summary>
    public string? Text(string name, int max) => Text(name) is not { } text ? null
        : text.Length == 0 ? throw LogsException.Constraint(name, text, "Member must have length greater than or equal to 1")
        : text.Length > max ? throw LogsException.Constraint(name, text, $"Member must have length less than or equal to {max}")
        : text;

    public bool Flag(string name) => Member(name) switch
    {
        null => false,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        var other => throw WrongType(name, "a boolean", other.Value),
    };

    /// <summary>A moment, in milliseconds since 1970.</summary>
    public long? Time(string name) => Number(name) is not { } time ? null
        : time < 0 ? throw LogsException.Constraint(name, time, "Member must have value greater than or equal to 0")
        : time;

    /// <param name="max">The most that the call may ask for, and what it gets without asking.</param>
    public int Limit(int max) => Number("limit") switch
    {
        null => max,
        < 1 and var low => throw LogsException.Constraint("limit", low, "Member must have value greater than or equal to 1"),
        var high when high > max => throw LogsException.Constraint("limit", high, $"Member must have value less than or equal to {max}"),
        var limit => (int)limit.Value,
    };

    public IReadOnlyList<string>? Texts(string name, int max)
    {
        if (Member(name) is not { } list)
            return null;
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(one => one.ValueKind != JsonValueKind.String))
            throw WrongType(name, "a list of strings", list);
        return list.GetArrayLength() is var count && (count < 1 || count > max)
            ? throw LogsException.Constraint(name, list, $"Member must have length between 1 and {max}")
            : [.. list.EnumerateArray().Select(one => TextOf(name, one))];
    }

    /// <summary>The group that <c>logGroupName</c> or <c>logGroupIdentifier</c> names; the latter may be an ARN.</summary>
    public LogGroupFile Group(LogStore store)
    {
        var (name, identifier) = (Text("logGroupName", 512), Text("logGroupIdentifier", 2048));
        if (name is not null && identifier is not null)
            throw LogsException.Invalid("LogGroup name and LogGroup ARN are mutually exclusive parameters.");
        if (name is null && identifier is null)
            throw LogsException.Invalid("One of logGroupName and logGroupIdentifier is required.");
        return store.Find(name ?? LogArns.GroupOf(identifier!)) ?? throw LogsException.NoGroup();
    }

    private long? Number(string name) => Member(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var whole) => whole,
        var other => throw WrongType(name, "a whole number", other.Value),
    };

    private JsonElement? Member(string name) =>
        body.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null ? member : null;

    private static string TextOf(string name, JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw LogsException.Serialization($"{name} has half of a letter: a surrogate that is none of a pair");
        }
    }

    private static LogsException WrongType(string name, string wanted, JsonElement got) =>
        LogsException.Serialization($"{name} is {wanted}, not {got.ValueKind}");
}
