using System.Net;
using System.Net.Sockets;
using Thaw.Linux;
using Thaw.Testing;

namespace Thaw.SystemTests.Up;

/// <summary>Signals end a daemon in order, or at once; nothing of it stays either way.</summary>
public sealed class Daemon_that_is_told_to_stop
{
    private const int SIGINT = 2;

    private static FunctionsFolder Functions() => new FunctionsFolder().Workers("worker", "idle");

    [Theory, InlineData(RunningDaemon.SIGTERM), InlineData(SIGINT)]
    public async Task Finishes_the_invokes_at_work_refuses_new_ones_and_ends_with_status_0(int signal)
    {
        using var functions = Functions();
        await using var daemon = await RunningDaemon.StartAsync(functions);
        (await daemon.InvokeAsync("idle")).Succeeded();
        var atWork = daemon.InvokeAsync("worker", """{"ms":1500,"line":"begun"}""");
        await daemon.SaysAsync("begun");
        daemon.Signal(signal);
        await daemon.SaysAsync("a second signal ends them");
        await daemon.UntilAsync(async () => (await daemon.GetAsync("/healthz")).Status == 503, "it is seen to drain");

        Assert.Equal("""{"status":"draining"}""", (await daemon.GetAsync("/healthz")).Text);
        (await daemon.InvokeAsync("worker")).WasRefused(503, "ServiceUnavailableException", "shutting down");
        (await daemon.InvokeAsync("idle")).WasRefused(503, "ServiceUnavailableException");
        Assert.Equal(1500, (await atWork).Succeeded().Json.GetProperty("event").GetProperty("ms").GetInt32());
        Assert.Equal(0, await daemon.EndAsync());
    }

    [Fact]
    public async Task Tells_extensions_to_shut_down()
    {
        using var functions = Functions().With("worker", "layer/extensions/observer", """
            #!/usr/bin/python3
            import json, os, urllib.request as http
            base = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2020-01-01/extension"
            answer = http.urlopen(http.Request(f"{base}/register", b'{"events":["SHUTDOWN"]}', {"Lambda-Extension-Name": "observer"}))
            me = {"Lambda-Extension-Identifier": answer.headers["Lambda-Extension-Identifier"]}
            event = json.load(http.urlopen(http.Request(f"{base}/event/next", headers=me)))
            print("told", event["eventType"], event["shutdownReason"], flush=True)
            """);
        File.SetUnixFileMode(functions["worker", "layer/extensions/observer"], OpenFiles.Program);
        var description = File.ReadAllText(functions["worker", "thaw.json"]);
        functions.With("worker", "thaw.json", "{\"Layers\":[\"layer\"]," + description.TrimStart()[1..]);
        await using var daemon = await RunningDaemon.StartAsync(functions);
        (await daemon.InvokeAsync("worker")).Succeeded();

        daemon.Signal(RunningDaemon.SIGTERM);
        Assert.Equal(0, await daemon.EndAsync());
        Assert.Contains("worker: told SHUTDOWN spindown", daemon.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waits_for_nothing_after_a_second_signal()
    {
        using var functions = Functions();
        await using var daemon = await RunningDaemon.StartAsync(functions);
        var atWork = daemon.InvokeAsync("worker", """{"how":"hang","line":"begun"}""");
        await daemon.SaysAsync("begun");
        daemon.Signal(RunningDaemon.SIGTERM);
        await daemon.SaysAsync("a second signal ends them");
        daemon.Signal(RunningDaemon.SIGTERM);

        await daemon.AwaitClearanceAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => atWork);
    }

    [Fact]
    public async Task Leaves_no_process_when_it_is_killed()
    {
        using var functions = Functions();
        await using var daemon = await RunningDaemon.StartAsync(functions);
        (await daemon.InvokeAsync("idle")).Succeeded();
        var atWork = daemon.InvokeAsync("worker", """{"how":"hang","line":"begun"}""");
        await daemon.SaysAsync("begun");
        daemon.Signal(Syscalls.SIGKILL);

        await daemon.AwaitClearanceAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => atWork);
    }

    [Fact]
    public async Task Ends_while_environments_start_and_callers_wait_for_them()
    {
        using var functions = new FunctionsFolder().Node("slow", "await new Promise((r) => setTimeout(r, 800));" + FunctionsFolder.Worker);
        await using var daemon = await RunningDaemon.StartAsync(functions, "--concurrency", "40");
        var callers = Enumerable.Range(0, 40).Select(_ => daemon.InvokeAsync("slow")).ToArray();
        await daemon.UntilAsync(async () => (await daemon.EnvironmentsAsync()).Length > 0, "one starts");
        daemon.Signal(RunningDaemon.SIGTERM);

        Assert.Equal(0, await daemon.EndAsync());
        var answers = await Task.WhenAll(callers);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.WasRefused(503, "ServiceUnavailableException"));
        Assert.Contains(answers, answer => answer.Status == 200);
        Assert.Contains(answers, answer => answer.Status == 503);
    }

    [Fact]
    public async Task Does_not_wait_for_a_caller_that_is_silent()
    {
        using var functions = Functions();
        await using var daemon = await RunningDaemon.StartAsync(functions);
        using var silent = await RawCall.ConnectAsync(daemon);
        using var idle = await RawCall.ConnectAsync(daemon);
        await silent.SendAsync(
            "POST /2015-03-31/functions/worker/invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"u8.ToArray());
        await daemon.GetAsync("/healthz");
        daemon.Signal(RunningDaemon.SIGTERM);
        Assert.Equal(0, await daemon.EndAsync());
    }

    // A pipe that is full, or a terminal that is held: functions go on, and so does the end.
    [Fact]
    public async Task Does_not_wait_for_who_should_read_what_it_says()
    {
        using var functions = Functions();
        await using var daemon = await RunningDaemon.StartUnwatchedAsync(functions);
        for (var call = 0; call < 5; call++)
            (await daemon.InvokeAsync("worker", $$"""{"line":"{{new string('y', 200_000)}}"}""")).Succeeded();
        daemon.Signal(RunningDaemon.SIGTERM);
        Assert.Equal(0, await daemon.EndAsync());
    }

    [Fact]
    public async Task Could_not_even_start_where_another_listens()
    {
        using var functions = Functions();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = $"{((IPEndPoint)other.LocalEndpoint).Port}";
        var (status, line) = await RunningDaemon.RefusesToStartAsync(functions, "--port", port);
        Assert.Equal(2, status);
        Assert.Matches($"^thaw up: cannot listen on 127.0.0.1:{port} .*in use.*; --port takes another one", line);
    }

    [Theory]
    [InlineData("--functions", "/no/such/folder", "there is no folder /no/such/folder"), InlineData("--memory", "12", "128")]
    [InlineData("--address", "0.0.0.0", "--require-auth"), InlineData("--isolation", "vm", "not \"vm\"")]
    public async Task Could_not_even_start_as_it_was_asked_to(string option, string value, string words)
    {
        using var functions = Functions();
        var (status, line) = await RunningDaemon.RefusesToStartAsync(functions, option, value);
        Assert.Equal(2, status);
        Assert.StartsWith("thaw up: ", line, StringComparison.Ordinal);
        Assert.Contains(words, line, StringComparison.Ordinal);
    }
}
