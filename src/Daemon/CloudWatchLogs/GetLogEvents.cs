using System.Text.Json;
using Thaw.Daemon.Logs;

namespace Thaw.Daemon.CloudWatchLogs;

/// <summary>
/// <c>GetLogEvents</c>: one stream, from either end. Both tokens are always there; at an end the answer has the token that was asked with,
/// by which callers know it.
/// </summary>
internal static class GetLogEvents
{
    private const int MaxEvents = 10_000;

    public static async Task AnswerAsync(LogStore store, LogsInput input, Utf8JsonWriter answer)
    {
        var name = input.Text("logStreamName", 512) ?? throw LogsException.Constraint("logStreamName", "null", "Member must not be null");
        var query = new LogQuery
        {
            Streams = stream => stream == name,
            From = input.Time("startTime") ?? long.MinValue,
            To = input.Time("endTime") ?? long.MaxValue,
            Limit = input.Limit(MaxEvents),
        };
        var fromHead = input.Flag("startFromHead");
        var (direction, position) = input.Text("nextToken") is { } token ? LogTokens.Directed(token)
            : fromHead ? ('f', 0) : ('b', long.MaxValue);
        var group = input.Group(store);
        if (!group.Streams().Any(stream => stream.Name == name))
            throw LogsException.NoStream();

        var reader = new LogReader(group);
        var page = direction == 'f'
            ? await reader.ReadAsync(query with { After = position })
            : await reader.LastAsync(query with { Before = position });
        answer.WriteStartArray("events");
        foreach (var found in page.Events)
            Write(found, answer);
        answer.WriteEndArray();

        // Where nothing was found, both directions go on from where they would have begun.
        var here = position == long.MaxValue ? page.Next : position;
        answer.WriteString("nextForwardToken", LogTokens.Of('f', page.Events is [.., var last] ? last.End : here));
        answer.WriteString("nextBackwardToken", LogTokens.Of('b', page.Events is [var first, ..] ? first.Position : here));
    }

    private static void Write(LogEvent found, Utf8JsonWriter answer)
    {
        answer.WriteStartObject();
        answer.WriteNumber("timestamp", found.Time);
        answer.WriteString("message", found.Message);
        answer.WriteNumber("ingestionTime", found.Ingestion);
        answer.WriteEndObject();
    }
}
