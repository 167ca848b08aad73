using System.Text.Json;
using Thaw.Daemon.Logs;

namespace Thaw.Daemon.CloudWatchLogs;

/// <summary><c>DescribeLogStreams</c>: the streams of a group, by name or by their last event.</summary>
internal static class DescribeLogStreams
{
    private const int MaxStreams = 50;

    public static async Task AnswerAsync(LogStore store, LogsInput input, Utf8JsonWriter answer)
    {
        var prefix = input.Text("logStreamNamePrefix", 512);
        var byTime = input.Text("orderBy") switch
        {
            null or "LogStreamName" => false,
            "LastEventTime" when prefix is null => true,
            "LastEventTime" => throw LogsException.Invalid("Cannot order by LastEventTime with a logStreamNamePrefix."),
            var other => throw LogsException.Constraint(
                "orderBy", other, "Member must satisfy enum value set: [LogStreamName, LastEventTime]"),
        };
        var (descending, limit, group) = (input.Flag("descending"), input.Limit(MaxStreams), input.Group(store));
        var shares = await new LogReader(group).SharesAsync();
        var all = group.Streams()
            .Where(stream => prefix is null || stream.Name.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(stream => byTime ? shares.GetValueOrDefault(stream.Number)?.LastTime ?? stream.Creation : 0)
            .ThenBy(stream => stream.Name, StringComparer.Ordinal)
            .ToList();
        if (descending)
            all.Reverse();
        if (input.Text("nextToken") is { } token)
            all.RemoveRange(0, Behind(all, LogTokens.Name(token)));

        answer.WriteStartArray("logStreams");
        foreach (var stream in all.Take(limit))
            Write(group.Name, stream, shares.GetValueOrDefault(stream.Number), answer);
        answer.WriteEndArray();
        if (all.Count > limit)
            answer.WriteString("nextToken", LogTokens.After(all[limit - 1].Name));
    }

    private static int Behind(List<StreamName> streams, string name) => streams.FindIndex(stream => stream.Name == name) is var at and >= 0
        ? at + 1
        : throw LogTokens.Unknown();

    private static void Write(string group, StreamName stream, StreamShare? share, Utf8JsonWriter answer)
    {
        answer.WriteStartObject();
        answer.WriteString("logStreamName", stream.Name);
        answer.WriteNumber("creationTime", stream.Creation);
        if (share is not null)
        {
            answer.WriteNumber("firstEventTimestamp", share.FirstTime);
            answer.WriteNumber("lastEventTimestamp", share.LastTime);
            answer.WriteNumber("lastIngestionTime", share.LastIngestion);
        }

        answer.WriteString("uploadSequenceToken", LogTokens.Id(stream.Number));
        answer.WriteString("arn", LogArns.Stream(group, stream.Name));
        answer.WriteNumber("storedBytes", share?.Bytes ?? 0);
        answer.WriteEndObject();
    }
}
