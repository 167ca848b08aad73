using System.Text.Json;
using Thaw.Daemon.Logs;

namespace Thaw.Daemon.CloudWatchLogs;

/// <summary>
/// <c>FilterLogEvents</c>: what matches in all streams of a group, or in some. A token for the next page says that more is there.
/// </summary>
internal static class FilterLogEvents
{
    private const int MaxEvents = 10_000, MaxStreams = 100, MaxPattern = 1024;

    /// <summary>Some seconds for the dearest pattern. As at AWS, a page may be empty and have a token all the same.</summary>
    private const int MaxLooks = 100_000;

    public static async Task AnswerAsync(LogStore store, LogsInput input, Utf8JsonWriter answer)
    {
        var (names, prefix) = (input.Texts("logStreamNames", MaxStreams), input.Text("logStreamNamePrefix", 512));
        if (names is not null && prefix is not null)
            throw LogsException.Invalid("logStreamNamePrefix and logStreamNames are mutually exclusive parameters.");
        var (filter, wrong) = FilterPattern.Parse(input.Text("filterPattern", MaxPattern) ?? "");
        if (filter is null)
            throw LogsException.Invalid($"Invalid filter pattern: {wrong}");
        input.Flag("interleaved");    // They always are.
        var query = new LogQuery
        {
            Streams = names is not null ? names.Contains : prefix is null ? null
                : name => name.StartsWith(prefix, StringComparison.Ordinal),
            From = input.Time("startTime") ?? long.MinValue,

            // Other than with GetLogEvents, what happened at the end itself is in it.
            To = input.Time("endTime") is { } end and < long.MaxValue ? end + 1 : long.MaxValue,
            Matches = filter.MatchesAll ? null : filter.Matches,
            After = input.Text("nextToken") is { } token ? LogTokens.Position(token) : 0,
            Limit = input.Limit(MaxEvents),
            MaxLooks = MaxLooks,
        };
        var group = input.Group(store);
        if (names is not null && names.Except(group.Streams().Select(stream => stream.Name)).Any())
            throw LogsException.NoStream();

        var page = await new LogReader(group).ReadAsync(query);
        answer.WriteStartArray("events");
        foreach (var found in page.Events)
            Write(found, answer);
        answer.WriteEndArray();
        answer.WriteStartArray("searchedLogStreams");
        answer.WriteEndArray();
        if (!page.ReachedEnd)
            answer.WriteString("nextToken", LogTokens.Id(page.Next));
    }

    private static void Write(LogEvent found, Utf8JsonWriter answer)
    {
        answer.WriteStartObject();
        answer.WriteString("logStreamName", found.Stream);
        answer.WriteNumber("timestamp", found.Time);
        answer.WriteString("message", found.Message);
        answer.WriteNumber("ingestionTime", found.Ingestion);
        answer.WriteString("eventId", LogTokens.Id(found.Position));
        answer.WriteEndObject();
    }
}
