using System.Diagnostics;
using System.Text.Json;
using Thaw.SystemTests.Up;
using Thaw.Testing;

namespace Thaw.SystemTests.Logs;

/// <summary>AWS's own clients, unmodified, read the logs of functions by CloudWatch Logs' calls on the daemon's port.</summary>
public sealed class Aws_clients_of_logs(Aws_clients_of_logs.Daemon shared) : IClassFixture<Aws_clients_of_logs.Daemon>
{
    private const string Group = "/aws/lambda/worker";

    // Each prints one document: groups, streams, the messages of one stream from its head, and those that match a pattern.
    private const string Boto3 = """
        import boto3, json, sys
        logs = boto3.client("logs", endpoint_url=sys.argv[1])
        group = sys.argv[2]
        pages = lambda call, key, **asked: [one for page in logs.get_paginator(call).paginate(**asked) for one in page[key]]
        streams = pages("describe_log_streams", "logStreams", logGroupName=group, orderBy="LastEventTime", descending=True,
                        PaginationConfig={"PageSize": 1})
        stream = streams[0]["logStreamName"]
        events, token = [], None
        while True:
            page = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True, limit=2,
                                       **({"nextToken": token} if token else {}))
            events += page["events"]
            if token == page["nextForwardToken"]: break
            token = page["nextForwardToken"]
        try:
            logs.get_log_events(logGroupName="none", logStreamName="none")
            raised = None
        except logs.exceptions.ResourceNotFoundException as e: raised = e.response["Error"]["Message"]
        print(json.dumps({
            "groups": [one["logGroupName"] for one in pages("describe_log_groups", "logGroups", PaginationConfig={"PageSize": 1})],
            "streams": [one["logStreamName"] for one in streams],
            "events": [one["message"] for one in events],
            "found": [one["message"] for one in pages("filter_log_events", "events", logGroupName=group, filterPattern='"needle"',
                                                      PaginationConfig={"PageSize": 1})],
            "raised": raised}))
        """;

    private const string Sdk = """
        import { CloudWatchLogsClient, DescribeLogStreamsCommand, GetLogEventsCommand, ResourceNotFoundException,
          paginateDescribeLogGroups, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
        const [, , endpoint, logGroupName] = process.argv;
        const client = new CloudWatchLogsClient({ endpoint, maxAttempts: 1 });
        const all = async (pages, key) => { const list = []; for await (const page of pages) list.push(...page[key]); return list; };
        const { logStreams } = await client.send(
          new DescribeLogStreamsCommand({ logGroupName, orderBy: 'LastEventTime', descending: true }));
        const asked = { logGroupName, logStreamName: logStreams[0].logStreamName, startFromHead: true };
        const { events } = await client.send(new GetLogEventsCommand(asked));
        let raised = null;
        try { await client.send(new GetLogEventsCommand({ logGroupName: 'none', logStreamName: 'none' })); }
        catch (e) { if (e instanceof ResourceNotFoundException) raised = e.message; else throw e; }
        const filter = { logGroupName, filterPattern: '"needle"', limit: 1 };
        console.log(JSON.stringify({
          groups: (await all(paginateDescribeLogGroups({ client }, { limit: 1 }), 'logGroups')).map((one) => one.logGroupName),
          streams: logStreams.map((one) => one.logStreamName),
          events: events.map((one) => one.message),
          found: (await all(paginateFilterLogEvents({ client }, filter), 'events')).map((one) => one.message),
          raised,
        }));
        """;

    private readonly RunningDaemon daemon = shared.Running;

    [Theory, InlineData("boto3"), InlineData("sdk")]
    public async Task Go_through_groups_streams_and_events(string client)
    {
        string[] command;
        if (client == "boto3")
        {
            AwsCommand.SkipWithoutBoto3();
            command = [AwsCommand.Python, "-c", Boto3];
        }
        else
        {
            AwsCommand.SkipWithoutNpm("@aws-sdk/client-cloudwatch-logs");
            command = ["/usr/bin/env", "node", shared.Script("logs.mjs", Sdk)];
        }

        var id = await InvokeAsync("a needle");
        var (status, output, error) = await AwsCommand.RunAsync([.. command, daemon.Address.ToString(), Group]);
        Assert.True(status == 0, error);
        var got = JsonDocument.Parse(output).RootElement;
        Assert.Contains(Group, Texts(got, "groups"));
        Assert.Contains("/aws/lambda/other", Texts(got, "groups"));
        Assert.All(Texts(got, "streams"), name => Assert.Matches(@"^\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$", name));
        var events = Texts(got, "events");
        Assert.Contains($"START RequestId: {id} Version: $LATEST\n", events);
        Assert.Contains(events, message => message.TrimEnd().EndsWith("\ta needle", StringComparison.Ordinal));
        Assert.StartsWith($"REPORT RequestId: {id}\t", events[^1], StringComparison.Ordinal);
        Assert.All(Texts(got, "found"), message => Assert.EndsWith("\ta needle", message.TrimEnd(), StringComparison.Ordinal));
        Assert.NotEmpty(Texts(got, "found"));
        Assert.Equal("The specified log group does not exist.", got.GetProperty("raised").GetString());
    }

    [Fact]
    public async Task Of_the_command_line_describe_get_filter_and_tail()
    {
        AwsCommand.SkipWithoutCli();
        var id = await InvokeAsync("of the command line");
        Assert.Contains(Group, (await CliAsync("describe-log-groups", "--query", "logGroups[].logGroupName")).Split('\t', '\n'));
        var stream = (await CliAsync(
            "describe-log-streams", "--log-group-name", Group, "--order-by", "LastEventTime", "--descending", "--max-items", "1",
            "--query", "logStreams[0].logStreamName")).Split('\n')[0];
        Assert.EndsWith("of the command line", (await CliAsync(
            "get-log-events", "--log-group-name", Group, "--log-stream-name", stream, "--query", "events[-3].message")).TrimEnd());
        Assert.Contains(id, await CliAsync(
            "filter-log-events", "--log-group-name", Group, "--filter-pattern", $"\"{id}\" REPORT", "--query", "events[].message"));
        var tail = (await CliAsync("tail", Group, "--since", "5m", "--format", "short")).Split('\n');
        Assert.Contains(tail, line => line.EndsWith($" START RequestId: {id} Version: $LATEST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_the_command_line_follow_and_show_each_line_once()
    {
        AwsCommand.SkipWithoutCli();
        await InvokeAsync("first of those to follow");
        using var following = AwsCommand.Start(
            AwsCommand.Cli, "logs", "tail", Group, "--follow", "--format", "short", "--endpoint-url", daemon.Address.ToString());
        var output = new Runs.Sink(following.StandardOutput.BaseStream);
        try
        {
            await ShowsAsync("first of those to follow");
            await InvokeAsync("second of those to follow");
            await ShowsAsync("second of those to follow");
            Assert.Equal(2, output.SoFar.Split(" of those to follow").Length - 1);
        }
        finally
        {
            following.Kill();
        }

        Task ShowsAsync(string line) =>
            daemon.UntilAsync(() => output.SoFar.Contains(line, StringComparison.Ordinal), $"aws logs tail shows {line}");
    }

    [Fact]
    public async Task See_a_line_within_a_second_of_its_being_written()
    {
        await InvokeAsync("before");
        for (var round = 0; round < 3; round++)
        {
            var mark = $"{Guid.NewGuid():N}";
            var invoke = daemon.InvokeAsync("worker", $$"""{"line":"{{mark}}","ms":3000}""");
            await daemon.SaysAsync(mark);
            var waited = Stopwatch.StartNew();
            while (!(await FilterAsync(mark)).Text.Contains(mark, StringComparison.Ordinal))
                await Task.Delay(100, TestContext.Current.CancellationToken);
            Assert.InRange(waited.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
            (await invoke).Succeeded();
        }
    }

    private async Task<Answer> FilterAsync(string term)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new StringContent($$"""{"logGroupName":"{{Group}}","filterPattern":"{{term}}"}"""),
            Headers = { { "X-Amz-Target", "Logs_20140328.FilterLogEvents" } },
        };
        using var response = await daemon.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.OfAsync(response);
    }

    private static string[] Texts(JsonElement got, string name) =>
        [.. got.GetProperty(name).EnumerateArray().Select(one => one.GetString()!)];

    // With the tail, the answer comes when the report is in the log.
    private async Task<string> InvokeAsync(string line)
    {
        var answer = await daemon.InvokeAsync("worker", $$"""{"line":"{{line}}"}""", ("X-Amz-Log-Type", "Tail"));
        return answer.Succeeded().Header("x-amzn-RequestId")!;
    }

    private async Task<string> CliAsync(params string[] arguments)
    {
        var (status, output, error) = await AwsCommand.RunAsync(
            [AwsCommand.Cli, "logs", .. arguments, "--endpoint-url", daemon.Address.ToString(), "--output", "text"]);
        Assert.True(status == 0, error);
        return output;
    }

    /// <summary>One daemon whose functions have logged something.</summary>
    public sealed class Daemon : IAsyncLifetime
    {
        private readonly FunctionsFolder functions = new FunctionsFolder().Workers("worker", "other");
        private readonly DirectoryInfo scripts = OpenFiles.NewFolder("thaw-clients-");

        internal RunningDaemon Running { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            AwsCommand.LinkNpm(scripts.FullName);
            Running = await RunningDaemon.StartAsync(functions);
            (await Running.InvokeAsync("other")).Succeeded();
        }

        public async ValueTask DisposeAsync()
        {
            await Running.DisposeAsync();
            functions.Dispose();
            scripts.Delete(recursive: true);
        }

        internal string Script(string name, string text)
        {
            var path = Path.Combine(scripts.FullName, name);
            File.WriteAllText(path, text);
            return path;
        }
    }
}
