using System.Diagnostics;
using System.Text.Json;
using Thaw.SystemTests.Up;

namespace Thaw.SystemTests.Logs;

/// <summary>What <c>thaw logs</c> shows of a running daemon.</summary>
public sealed class Thaw_logs(DaemonOfWorkers shared) : IClassFixture<DaemonOfWorkers>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly RunningDaemon daemon = shared.Running;

    [Fact]
    public async Task Show_one_request_by_its_id()
    {
        var first = (await daemon.InvokeAsync("worker", """{"line":"of the first"}""", ("X-Amz-Log-Type", "Tail"))).Succeeded();
        (await daemon.InvokeAsync("worker", """{"line":"of the second"}""")).Succeeded();
        var id = first.Header("x-amzn-RequestId")!;
        var (status, lines, error) = await LogsProgram.RunAsync(daemon.Address, "worker", "--request-id", id);
        Assert.Equal((0, "", 4), (status, error, lines.Length));
        Assert.StartsWith($"START RequestId: {id} Version: $LATEST", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("\tof the first", lines[1], StringComparison.Ordinal);
        Assert.Equal($"END RequestId: {id}", lines[2]);
        Assert.StartsWith($"REPORT RequestId: {id}\t", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_nothing_older_than_asked_for()
    {
        (await daemon.InvokeAsync("other", """{"line":"long ago"}""")).Succeeded();
        await Task.Delay(10, TestContext.Current.CancellationToken);
        var now = DateTimeOffset.UtcNow;
        (await daemon.InvokeAsync("other", """{"line":"just now"}""")).Succeeded();
        var (_, lines, _) = await LogsProgram.RunAsync(daemon.Address, "other", "--since", $"{now:O}");
        Assert.DoesNotContain(lines, line => line.Contains("long ago", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("just now", StringComparison.Ordinal));
        (_, lines, _) = await LogsProgram.RunAsync(daemon.Address, "other", "--since", "1h");
        Assert.Contains(lines, line => line.EndsWith("long ago", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Show_each_event_as_one_JSON_object()
    {
        var answer = (await daemon.InvokeAsync("counter", """{"line":"Zoë says \"more\""}""")).Succeeded();
        await daemon.SaysAsync("Zoë says \"more\"");    // It may come behind the answer.
        var (_, lines, _) = await LogsProgram.RunAsync(daemon.Address, "counter", "--json");
        var events = lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var one = events.Find(found => found.GetProperty("message").GetString()!.TrimEnd().EndsWith("\tZoë says \"more\""));
        Assert.Equal(
            ["timestamp", "ingestionTime", "stream", "source", "requestId", "message"],
            one.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("function", answer.Header("x-amzn-RequestId")),
            (one.GetProperty("source").GetString(), one.GetProperty("requestId").GetString()));
        Assert.Matches(@"^\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$", one.GetProperty("stream").GetString());
        Assert.All(events, found => Assert.InRange(found.GetProperty("timestamp").GetInt64(),
            DateTimeOffset.UtcNow.AddMinutes(-5).ToUnixTimeMilliseconds(), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()));
    }

    [Fact]
    public async Task Show_lines_within_a_second_of_their_being_written()
    {
        using var following = LogsProgram.Follow(daemon.Address, "phases");
        await Task.Delay(200, TestContext.Current.CancellationToken);    // Also from before it listens, but that proves less.
        for (var round = 0; round < 3; round++)
        {
            // The handler works on: what it wrote is seen before its invocation ends.
            var mark = $"mark {round}";
            var invoke = daemon.InvokeAsync("phases", $$"""{"line":"{{mark}}","ms":3000}""");
            await daemon.SaysAsync(mark);
            var waited = Stopwatch.StartNew();
            while (!following.Printed.Contains(mark, StringComparison.Ordinal) && waited.Elapsed < RunningDaemon.Patience)
                await Task.Delay(5, TestContext.Current.CancellationToken);
            if (round > 0)
                Assert.InRange(waited.Elapsed, TimeSpan.Zero, Second);
            (await invoke).Succeeded();
        }

        Assert.Equal(3, following.Printed.Split("\tmark ").Length - 1);
    }

    [Theory, InlineData("--follow"), InlineData("--follow --json")]
    public async Task End_when_nobody_reads_any_more(string options)
    {
        var shell = LogsProgram.InShellAsync($"THAW logs worker --endpoint {daemon.Address} {options} | head -1");
        for (var waited = Stopwatch.StartNew(); !shell.IsCompleted && waited.Elapsed < RunningDaemon.Patience;)
        {
            // That it has no reader shows at the next line.
            (await daemon.InvokeAsync("worker", """{"line":"one more"}""")).Succeeded();
        }

        var (status, said) = await shell;
        Assert.Equal((0, 1), (status, said.Count(letter => letter == '\n')));
    }

    [Fact]
    public async Task Say_in_one_line_that_there_is_no_room_for_what_they_print()
    {
        (await daemon.InvokeAsync("worker", """{"line":"too much"}""")).Succeeded();
        Assert.Equal(
            (2, "thaw logs: the log cannot be written: No space left on device\n"),
            await LogsProgram.InShellAsync($"THAW logs worker --endpoint {daemon.Address} 2>&1 > /dev/full"));
    }

    [Theory]
    [InlineData(1, "has no function nobody, and no log of one", "nobody")]
    [InlineData(2, "it wants the name of a function, for example thaw logs hello-node")]
    [InlineData(2, "no daemon answers at http://127.0.0.1:1; start one by thaw up", "worker", "--endpoint", "http://127.0.0.1:1")]
    public async Task Name_what_is_wrong_and_its_fix_in_one_line(int status, string words, params string[] arguments)
    {
        var (ended, lines, error) = await LogsProgram.RunAsync(daemon.Address, arguments);
        Assert.Equal((status, 0), (ended, lines.Length));
        Assert.StartsWith("thaw logs: ", error, StringComparison.Ordinal);
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.Equal(error.Length - 1, error.IndexOf('\n', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Show_nothing_of_a_function_that_never_ran()
    {
        var (status, lines, error) = await LogsProgram.RunAsync(daemon.Address, "never");
        Assert.Equal((0, 0, ""), (status, lines.Length, error));
    }

    [Fact]
    public async Task Refuse_by_HTTP_what_is_no_time()
    {
        (await daemon.GetAsync("/thaw/logs/worker?since=soon")).WasRefused(400, "InvalidParameterValueException", "since", "soon");
        (await daemon.GetAsync("/thaw/logs/a%20b")).WasRefused(404, "ResourceNotFoundException");
    }
}
