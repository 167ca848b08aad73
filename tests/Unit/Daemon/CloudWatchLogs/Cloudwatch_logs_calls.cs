using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Thaw.Daemon.CloudWatchLogs;
using Thaw.UnitTests.Daemon.Logs;

namespace Thaw.UnitTests.Daemon.CloudWatchLogs;

/// <summary>Requests as botocore 1.43 writes them, and what they get.</summary>
public sealed class Cloudwatch_logs_calls : IDisposable
{
    private const string Group = LogStage.Group, Arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/hello";

    private readonly LogStage stage = new();

    public Cloudwatch_logs_calls()
    {
        var (one, two) = (stage.Store.Open(Group, "2026/11/26/[$LATEST]1"), stage.Store.Open(Group, "2026/11/26/[$LATEST]2"));
        for (var number = 0; number < 10; number++)
        {
            stage.Add(number % 3 == 0 ? two : one, $"line {number}\n");
            stage.Time.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    private long Begin => stage.Time.GetUtcNow().ToUnixTimeMilliseconds() - 10;

    public void Dispose() => stage.Dispose();

    [Fact]
    public async Task Describe_groups_with_all_that_clients_know_of_one()
    {
        var answer = await CallAsync("DescribeLogGroups", """{"logGroupNamePrefix": "/aws/lambda/"}""");
        var group = Assert.Single(answer.GetProperty("logGroups").EnumerateArray());
        Assert.Equal(
            $$"""{"logGroupName":"{{Group}}","creationTime":{{Begin}},"metricFilterCount":0,"arn":"{{Arn}}:*","""
                + $$""" "storedBytes":0,"logGroupClass":"STANDARD","logGroupArn":"{{Arn}}"}""".TrimStart(),
            group.GetRawText());
        Assert.False(answer.TryGetProperty("nextToken", out _));
        Assert.Empty(Names(await CallAsync("DescribeLogGroups", """{"logGroupNamePrefix":"/other"}""")));
        Assert.Equal([Group], Names(await CallAsync("DescribeLogGroups", """{"logGroupNamePattern":"HELLO"}""")));
    }

    [Fact]
    public async Task Describe_groups_page_by_page()
    {
        foreach (var name in new[] { "b", "a", "d", "c" })
            stage.Store.Open(name, "one");
        var names = new List<string>();
        for (string? token = null; names.Count == 0 || token is not null;)
        {
            var answer = await CallAsync("DescribeLogGroups", JsonSerializer.Serialize(new { nextToken = token, limit = 2 }));
            names.AddRange(Names(answer));
            token = answer.TryGetProperty("nextToken", out var next) ? next.GetString() : null;
        }

        Assert.Equal([Group, "a", "b", "c", "d"], names);
    }

    [Fact]
    public async Task Describe_streams_by_name_or_by_their_last_event()
    {
        var answer = await CallAsync(
            "DescribeLogStreams", $$"""{"logGroupName": "{{Group}}", "orderBy": "LastEventTime", "descending": true, "limit": 1}""");
        var newest = Assert.Single(answer.GetProperty("logStreams").EnumerateArray());
        Assert.Equal("2026/11/26/[$LATEST]2", newest.GetProperty("logStreamName").GetString());
        Assert.Equal((Begin, Begin, Begin + 9, Begin + 9), (newest.GetProperty("creationTime").GetInt64(),
            newest.GetProperty("firstEventTimestamp").GetInt64(), newest.GetProperty("lastEventTimestamp").GetInt64(),
            newest.GetProperty("lastIngestionTime").GetInt64()));
        Assert.Equal($"{Arn}:log-stream:2026/11/26/[$LATEST]2", newest.GetProperty("arn").GetString());
        answer = await CallAsync("DescribeLogStreams", JsonSerializer.Serialize(new
        {
            logGroupIdentifier = Arn + ":*",
            orderBy = "LastEventTime",
            descending = true,
            limit = 1,
            nextToken = answer.GetProperty("nextToken").GetString(),
        }));
        Assert.Equal("2026/11/26/[$LATEST]1", answer.GetProperty("logStreams")[0].GetProperty("logStreamName").GetString());
        Assert.False(answer.TryGetProperty("nextToken", out _));
        answer = await CallAsync("DescribeLogStreams", $$"""{"logGroupName":"{{Group}}","logStreamNamePrefix":"2026/11/26/["}""");
        Assert.Equal(2, answer.GetProperty("logStreams").GetArrayLength());
    }

    [Fact]
    public async Task Get_events_from_the_end_and_back_to_the_beginning()
    {
        var last = await GetAsync("\"limit\": 2");
        Assert.Equal(["line 7\n", "line 8\n"], Messages(last));
        Assert.Equal(
            $$"""{"timestamp":{{Begin + 8}},"message":"line 8\n","ingestionTime":{{Begin + 8}}}""",
            last.GetProperty("events")[1].GetRawText());
        var before = await GetAsync($"\"limit\": 10, \"nextToken\": {last.GetProperty("nextBackwardToken").GetRawText()}");
        Assert.Equal(["line 1\n", "line 2\n", "line 4\n", "line 5\n"], Messages(before));
        var none = await GetAsync($"\"nextToken\": {before.GetProperty("nextBackwardToken").GetRawText()}");
        Assert.Empty(Messages(none));
        Assert.Equal(before.GetProperty("nextBackwardToken").GetString(), none.GetProperty("nextBackwardToken").GetString());
        var first = await GetAsync($"\"limit\": 1, \"nextToken\": {none.GetProperty("nextForwardToken").GetRawText()}");
        Assert.Equal(["line 1\n"], Messages(first));
    }

    [Fact]
    public async Task Get_events_from_the_beginning_to_the_end_and_what_comes_later()
    {
        var messages = new List<string>();
        var page = await GetAsync("\"startFromHead\": true, \"limit\": 4");
        for (string? token = null; token != page.GetProperty("nextForwardToken").GetString();)
        {
            messages.AddRange(Messages(page));
            token = page.GetProperty("nextForwardToken").GetString();
            page = await GetAsync($"\"startFromHead\": true, \"limit\": 4, \"nextToken\": \"{token}\"");
        }

        Assert.Equal(["line 1\n", "line 2\n", "line 4\n", "line 5\n", "line 7\n", "line 8\n"], messages);
        Assert.Matches("^f/[0-9]{56}$", page.GetProperty("nextForwardToken").GetString());
        Assert.Matches("^b/[0-9]{56}$", page.GetProperty("nextBackwardToken").GetString());
        stage.Add(stage.Store.Open(Group, "2026/11/26/[$LATEST]1"), "later");
        page = await GetAsync($"\"nextToken\": {page.GetProperty("nextForwardToken").GetRawText()}");
        Assert.DoesNotContain("line 8\n", Messages(page));
    }

    [Fact]
    public async Task Get_events_of_a_time()
    {
        var page = await GetAsync($"\"startTime\": {Begin + 2}, \"endTime\": {Begin + 7}, \"startFromHead\": true");
        Assert.Equal(["line 2\n", "line 4\n", "line 5\n"], Messages(page));
        page = await GetAsync($"\"startTime\": {Begin + 1000}");
        Assert.Empty(Messages(page));
        Assert.True(page.TryGetProperty("nextForwardToken", out _) && page.TryGetProperty("nextBackwardToken", out _));
    }

    [Fact]
    public async Task Filter_events_of_all_streams_in_their_order()
    {
        var answer = await CallAsync(
            "FilterLogEvents", $$"""{"logGroupName": "{{Group}}", "interleaved": true, "startTime": {{Begin + 1}}}""");
        Assert.Equal(Enumerable.Range(1, 9).Select(number => $"line {number}\n"), Messages(answer));
        Assert.Equal(0, answer.GetProperty("searchedLogStreams").GetArrayLength());
        Assert.False(answer.TryGetProperty("nextToken", out _));
        var ids = answer.GetProperty("events").EnumerateArray().Select(found => found.GetProperty("eventId").GetString()!).ToList();
        Assert.All(ids, id => Assert.Matches("^[0-9]{56}$", id));
        Assert.Equal(ids.Distinct().Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public async Task Filter_events_until_a_time_which_is_in_it()
    {
        var answer = await CallAsync(
            "FilterLogEvents", $$"""{"logGroupName":"{{Group}}","startTime":{{Begin + 2}},"endTime":{{Begin + 4}}}""");
        Assert.Equal(["line 2\n", "line 3\n", "line 4\n"], Messages(answer));
    }

    [Fact]
    public async Task Filter_events_by_pattern_and_streams_page_by_page()
    {
        var answer = await CallAsync("FilterLogEvents", $$"""{"logGroupName":"{{Group}}","filterPattern":"?3 ?5 ?7","limit":2}""");
        Assert.Equal(["line 3\n", "line 5\n"], Messages(answer));
        answer = await CallAsync("FilterLogEvents",
            $$"""{"logGroupName":"{{Group}}","filterPattern":"?3 ?5 ?7","nextToken":{{answer.GetProperty("nextToken").GetRawText()}}}""");
        Assert.Equal(["line 7\n"], Messages(answer));
        answer = await CallAsync("FilterLogEvents", $$"""{"logGroupName":"{{Group}}","logStreamNames":["2026/11/26/[$LATEST]2"]}""");
        Assert.Equal(["line 0\n", "line 3\n", "line 6\n", "line 9\n"], Messages(answer));
        answer = await CallAsync("FilterLogEvents", $$"""{"logGroupName":"{{Group}}","logStreamNamePrefix":"2026/11/26/[$LATEST]2"}""");
        Assert.Equal(4, Messages(answer).Length);
    }

    [Theory]
    [InlineData("GetLogEvents", """{"logGroupName":"none","logStreamName":"x"}""", "ResourceNotFound", "log group does not exist.")]
    [InlineData("GetLogEvents", """{G,"logStreamName":"x"}""", "ResourceNotFound", "The specified log stream does not exist.")]
    [InlineData("GetLogEvents", """{G}""", "InvalidParameter", "'logStreamName'")]
    [InlineData("GetLogEvents", """{"logStreamName":"x"}""", "InvalidParameter", "logGroupIdentifier is required")]
    [InlineData("GetLogEvents", """{G,"logStreamName":"x","nextToken":"f/12"}""", "InvalidParameter", "nextToken")]
    [InlineData("FilterLogEvents", """{"logGroupName":"none"}""", "ResourceNotFound", "log group")]
    [InlineData("FilterLogEvents", """{G,"limit":0}""", "InvalidParameter", "Value '0' at 'limit'")]
    [InlineData("FilterLogEvents", """{G,"limit":10001}""", "InvalidParameter", "Value '10001' at 'limit'")]
    [InlineData("FilterLogEvents", """{G,"startTime":-1}""", "InvalidParameter", "startTime")]
    [InlineData("FilterLogEvents", """{G,"startTime":"now"}""", "Serialization", "startTime is a whole number")]
    [InlineData("FilterLogEvents", """{G,"startTime":1.5}""", "Serialization", "startTime")]
    [InlineData("FilterLogEvents", """{G,"logStreamNames":[]}""", "InvalidParameter", "logStreamNames")]
    [InlineData("FilterLogEvents", """{G,"logStreamNames":["x"]}""", "ResourceNotFound", "log stream")]
    [InlineData("FilterLogEvents", """{G,"logStreamNames":["x"],"logStreamNamePrefix":"x"}""", "InvalidParameter", "exclusive")]
    [InlineData("FilterLogEvents", """{G,"filterPattern":"{ $.a }"}""", "InvalidParameter", "Invalid filter pattern")]
    [InlineData("FilterLogEvents", """{G,"nextToken":"x"}""", "InvalidParameter", "nextToken")]
    [InlineData("FilterLogEvents", """{"logGroupName":7}""", "Serialization", "logGroupName is a string")]
    [InlineData("FilterLogEvents", """{G,"filterPattern":"\ud800"}""", "Serialization", "filterPattern has half of a letter")]
    [InlineData("DescribeLogStreams", """{G,"orderBy":"LastEventTime","logStreamNamePrefix":"x"}""", "InvalidParameter", "LastEventTime")]
    [InlineData("DescribeLogStreams", """{G,"orderBy":"Size"}""", "InvalidParameter", "orderBy")]
    [InlineData("DescribeLogStreams", """{G,"nextToken":"?"}""", "InvalidParameter", "nextToken")]
    [InlineData("DescribeLogGroups", """{"limit":51}""", "InvalidParameter", "limit")]
    [InlineData("DescribeLogGroups", """{"logGroupNamePrefix":"a","logGroupNamePattern":"a"}""", "InvalidParameter", "mutually exclusive")]
    [InlineData("DescribeLogGroups", "[]", "Serialization", "no JSON object")]
    [InlineData("DescribeLogGroups", "{", "Serialization", "no JSON")]
    [InlineData("PutLogEvents", "{}", "UnknownOperation", "PutLogEvents")]
    public async Task Refuse_what_is_wrong(string operation, string body, string type, string words)
    {
        body = body.Replace("{G", $"{{\"logGroupName\":\"{Group}\"", StringComparison.Ordinal);
        var answer = await CallAsync(operation, body, status: 400);
        Assert.Equal(type + "Exception", answer.GetProperty("__type").GetString());
        Assert.Contains(words, answer.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static string[] Names(JsonElement answer) =>
        [.. answer.GetProperty("logGroups").EnumerateArray().Select(group => group.GetProperty("logGroupName").GetString()!)];

    private static string[] Messages(JsonElement answer) =>
        [.. answer.GetProperty("events").EnumerateArray().Select(found => found.GetProperty("message").GetString()!)];

    private Task<JsonElement> GetAsync(string members) =>
        CallAsync("GetLogEvents", $$"""{"logGroupName": "{{Group}}", "logStreamName": "2026/11/26/[$LATEST]1", {{members}}}""");

    private async Task<JsonElement> CallAsync(string operation, string body, int status = 200)
    {
        using var answer = new MemoryStream();
        var http = new DefaultHttpContext();
        http.Request.Headers["X-Amz-Target"] = $"Logs_20140328.{operation}";
        http.Request.Headers.ContentType = "application/x-amz-json-1.1";
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        http.Response.Body = answer;
        Assert.True(LogsTarget.IsFor(http.Request));
        await new LogsTarget(stage.Store).ServeAsync(http);
        Assert.Equal((status, "application/x-amz-json-1.1"), (http.Response.StatusCode, http.Response.ContentType));
        return JsonDocument.Parse(answer.ToArray()).RootElement;
    }
}
