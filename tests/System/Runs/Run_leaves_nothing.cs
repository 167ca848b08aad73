namespace Thaw.SystemTests.Runs;

/// <summary>However a run ends, nothing of it lives on. (<see cref="ThawRun"/> looks after every run; these make it hard.)</summary>
public sealed class Run_leaves_nothing
{
    private const int SIGINT = 2, SIGTERM = 15;

    private const string Fugitives = """
        import os, signal, time
        def hide():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            os.closerange(0, 100)
            time.sleep(1000)
        def forked(life):
            if os.fork() == 0:
                try: life()
                finally: os._exit(0)
        def own_session():
            os.setsid()
            hide()
        def twice():
            os.setsid()
            forked(hide)
        def handler(event, context):
            for life in (hide, own_session, twice): forked(life)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            return "away"
        """;

    private static bool Full => Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1";

    [Fact]
    public async Task Of_a_python_function_whose_children_hide()
    {
        using var function = WrittenFunction.Python(Fugitives);
        (await ThawRun.OfAsync(function, "--repeat", "3")).LogHasInOrder("^START ", "^START ", "^START ");
    }

    [Fact]
    public async Task Of_a_node_function_whose_children_are_detached()
    {
        using var function = WrittenFunction.Node("""
            import { spawn } from 'node:child_process';
            export const handler = async () => {
              for (const detached of [true, false])
                spawn('/bin/sh', ['-c', 'trap "" TERM HUP; (sleep 1000 &) ; sleep 1000'], { detached, stdio: 'ignore' }).unref();
              process.on('SIGTERM', () => {});
              return 'away';
            };
            """);
        (await ThawRun.OfAsync(function)).Answered("\"away\"");
    }

    [Fact]
    public async Task Of_a_bash_runtime_that_ends_itself_and_leaves_jobs()
    {
        using var function = WrittenFunction.Bootstrap("""
            #!/bin/bash
            trap '' TERM HUP
            (exec >&- 2>&- <&-; sleep 1000) &
            setsid sleep 1000 &
            nohup sleep 1000 &
            disown -a
            exit 5
            """);
        (await ThawRun.OfAsync(function)).FailedWith("Runtime.ExitError", "exit status 5$");
    }

    [Fact]
    public async Task After_a_timeout_either()
    {
        using var function = WrittenFunction.Python(Fugitives.Replace("return \"away\"", "hide()", StringComparison.Ordinal));
        (await ThawRun.OfAsync(function, "--timeout", "1")).FailedWith("Sandbox.Timedout", "timed out");
    }

    // A life with all of it: an extension that lingers over its shutdown, a slow init, slow invokes, a runtime deaf to SIGTERM.
    private static WrittenFunction Busy() => WrittenFunction.Python("""
            import os, signal, time
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            if os.fork() == 0:
                os.setsid()
                time.sleep(1000)
            time.sleep(0.3)
            def handler(event, context):
                print("at work", flush=True)
                time.sleep(event["seconds"])
            """)
        .WithProgram("layer/extensions/lingering", """
            #!/usr/bin/python3
            import os, time, urllib.request as http
            base = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2020-01-01/extension"
            wanted, name = b'{"events":["INVOKE","SHUTDOWN"]}', {"Lambda-Extension-Name": "lingering"}
            answer = http.urlopen(http.Request(f"{base}/register", wanted, name))
            me = {"Lambda-Extension-Identifier": answer.headers["Lambda-Extension-Identifier"]}
            while b"SHUTDOWN" not in http.urlopen(http.Request(f"{base}/event/next", headers=me)).read(): pass
            print("going", flush=True)
            time.sleep(0.3)
            """);

    [Theory, InlineData(SIGINT, 130), InlineData(SIGTERM, 143)]
    public async Task After_a_signal_during_an_invoke_and_shutdown_still_takes_its_course(int signal, int status)
    {
        using var function = Busy();
        using var run = ThawRun.Start(function.Folder, "--layer", function["layer"], "--event", """{"seconds":80}""", "--timeout", "85");
        await run.SaysAsync("at work");
        run.Signal(signal);
        var ended = await run.EndAsync();

        Assert.Equal(status, ended.ExitStatus);
        ended.LogHasInOrder("^START ", "^going$", "^END ", @"^REPORT .*\tStatus: failure\tError Type: Sandbox\.Failure$");
    }

    [Fact]
    public async Task After_a_second_signal_which_waits_for_nothing()
    {
        using var function = Busy();
        using var run = ThawRun.Start(function.Folder, "--layer", function["layer"], "--event", """{"seconds":80}""", "--timeout", "85");
        await run.SaysAsync("at work");
        run.Signal(SIGINT);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        run.Signal(SIGINT);
        await run.AwaitClearanceAsync();
    }

    [Fact]
    public async Task After_SIGKILL_of_thaw_itself()
    {
        using var function = Busy();
        using var run = ThawRun.Start(function.Folder, "--layer", function["layer"], "--event", """{"seconds":80}""", "--timeout", "85");
        await run.SaysAsync("at work");
        await run.KillAndAwaitClearanceAsync();
    }

    // The seed is fixed, so a failure can be repeated; where the moment falls depends on the machine's speed.
    [Theory, InlineData(SIGINT), InlineData(SIGTERM), InlineData(9)]
    public async Task After_a_signal_at_any_moment_of_a_life(int signal)
    {
        var random = new Random(signal);
        using var function = Busy();
        for (var life = 0; life < (Full ? 60 : 4); life++)
        {
            using var run = ThawRun.Start(
                function.Folder, "--layer", function["layer"], "--event", """{"seconds":0.1}""", "--repeat", "3", "--timeout", "60");
            await Task.Delay(random.Next(0, 1800), TestContext.Current.CancellationToken);
            if (signal == 9)
            {
                await run.KillAndAwaitClearanceAsync();
                continue;
            }

            run.TrySignal(signal);
            Assert.Contains((await run.EndAsync()).ExitStatus, new[] { 0, 128 + signal });
        }
    }
}
