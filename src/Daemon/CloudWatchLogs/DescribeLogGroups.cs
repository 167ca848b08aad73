using System.Text.Json;
using Thaw.Daemon.Logs;

namespace Thaw.Daemon.CloudWatchLogs;

/// <summary><c>DescribeLogGroups</c>: those with these letters in their names, by name.</summary>
internal static class DescribeLogGroups
{
    private const int MaxGroups = 50;

    public static void Answer(LogStore store, LogsInput input, Utf8JsonWriter answer)
    {
        var (prefix, pattern) = (input.Text("logGroupNamePrefix", 512), input.Text("logGroupNamePattern", 512));
        if (prefix is not null && pattern is not null)
            throw LogsException.Invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
        var limit = input.Limit(MaxGroups);
        var after = input.Text("nextToken") is { } token ? LogTokens.Name(token) : "";
        var rest = store.Groups()
            .Where(group => prefix is null || group.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Where(group => pattern is null || group.Name.Contains(pattern, StringComparison.OrdinalIgnoreCase))
            .Where(group => string.CompareOrdinal(group.Name, after) > 0)
            .ToList();

        answer.WriteStartArray("logGroups");
        foreach (var group in rest.Take(limit))
            Write(group, answer);
        answer.WriteEndArray();
        if (rest.Count > limit)
            answer.WriteString("nextToken", LogTokens.After(rest[limit - 1].Name));
    }

    private static void Write(LogGroupFile group, Utf8JsonWriter answer)
    {
        answer.WriteStartObject();
        answer.WriteString("logGroupName", group.Name);
        answer.WriteNumber("creationTime", group.Creation);
        answer.WriteNumber("metricFilterCount", 0);
        answer.WriteString("arn", LogArns.Group(group.Name) + ":*");
        answer.WriteNumber("storedBytes", group.Bytes);
        answer.WriteString("logGroupClass", "STANDARD");
        answer.WriteString("logGroupArn", LogArns.Group(group.Name));
        answer.WriteEndObject();
    }
}
