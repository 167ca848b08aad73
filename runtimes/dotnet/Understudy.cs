using System.Text.Json;

namespace Thaw.DotnetRuntime;

/// <summary>Stands in for the function in rehearsals: one part for each way to a handler and back.</summary>
public static class Understudy
{
    internal static IEnumerable<HandlerName> Parts => (JsonSerializer.IsReflectionEnabledByDefault
        ? new[] { nameof(PlayStream), nameof(PlayObject) }
        : [nameof(PlayStream)])
        .Select(part => new HandlerName(typeof(Understudy).Assembly.GetName().Name!, typeof(Understudy).FullName!, part));

    /// <summary>Answers with its event.</summary>
    public static async Task<Stream> PlayStream(Stream input)
    {
        await Task.CompletedTask;
        return input;
    }

    /// <summary>The same, by way of the serializer.</summary>
    public static async Task<Dictionary<string, string>> PlayObject(Dictionary<string, string> input)
    {
        await Task.CompletedTask;
        return input;
    }
}
