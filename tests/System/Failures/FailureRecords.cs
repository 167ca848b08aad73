using System.Text.Json;

namespace Thaw.SystemTests.Failures;

/// <summary>What the platform recorded of one request, in the words of the column <c>records</c> of <c>failures.txt</c>.</summary>
internal static class FailureRecords
{
    private const string Prefix = "platform.";

    /// <summary>From behind the report of the request before to its own: the inits that it had are among them.</summary>
    /// <param name="log">As <c>/thaw/logs</c> gives it.</param>
    public static IEnumerable<string> UntilReport(string log, string requestId)
    {
        var words = new List<string>();
        foreach (var line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var logged = JsonDocument.Parse(line).RootElement;
            if (!logged.GetProperty("source").ValueEquals("platform"))
                continue;
            var envelope = JsonDocument.Parse(logged.GetProperty("message").GetString()!).RootElement;
            var record = envelope.GetProperty("record");
            var type = envelope.GetProperty("type").GetString()![Prefix.Length..];
            words.Add(string.Join(' ', new[] { "phase", "state", "status", "errorType" }
                .Select(name => record.TryGetProperty(name, out var word) ? word.GetString() : null)
                .Where(word => word is not null)
                .Prepend(type)));
            if (type != "report")
                continue;
            if (record.GetProperty("requestId").ValueEquals(requestId))
                return words;
            words.Clear();
        }

        throw new InvalidOperationException($"There is no report of {requestId} in: {log}");
    }
}
