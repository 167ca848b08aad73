namespace Thaw.SystemTests.Runs;

/// <summary>Real extension processes beside a real runtime, well-behaved and otherwise.</summary>
public sealed class Run_with_extensions
{
    private const string Echo = "export const handler = async (event) => event;";

    private static bool Full => Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1";

    /// <summary>Speaks the Extensions API; what follows are its deeds.</summary>
    private const string Api = """
        #!/usr/bin/python3
        import json, os, signal, sys, time, urllib.request as http
        base = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2020-01-01/extension"
        name, headers = os.path.basename(__file__), {}
        def call(path, body=None, **more):
            return http.urlopen(http.Request(f"{base}/{path}", body, {**headers, **more}))
        def register(*events):
            answer = call("register", json.dumps({"events": events}).encode(), **{"Lambda-Extension-Name": name})
            headers["Lambda-Extension-Identifier"] = answer.headers["Lambda-Extension-Identifier"]
        def next():
            return json.load(call("event/next"))

        """;

    private static WrittenFunction With(string deeds, string function = Echo) =>
        WrittenFunction.Node(function).WithProgram("layer/extensions/companion", Api + deeds);

    private static Task<EndedRun> OfAsync(WrittenFunction function, params string[] options) =>
        ThawRun.OfAsync(function.Folder, ["--layer", function["layer"], .. options]);

    [Theory]
    [InlineData("sys.exit(0)", "Extension.Crash", "Error: exit code 0$")]
    [InlineData("sys.exit(7)", "Extension.Crash", "Error: exit status 7$")]
    [InlineData("register('INVOKE'); sys.exit(0)", "Extension.Crash", "Error: exit code 0$")]
    [InlineData("register(); call('init/error', b'', **{'Lambda-Extension-Function-Error-Type': 'Extension.Own'}); sys.exit(3)",
        "Extension.InitError", "Error: exit status 3$")]
    [Trait("Spec", "ENV-019"), Trait("Spec", "ENV-020")]
    public async Task An_exit_in_init_fails_it(string deeds, string type, string message)
    {
        using var function = With(deeds);
        var run = await OfAsync(function);

        run.FailedWith(type, message);
        run.LogHasInOrder(
            @"^EXTENSION\tName: companion\t.*Error Type: ",
            @"^INIT_REPORT .*\tPhase: init\tStatus: error\tError Type: Extension\.",
            @"^INIT_REPORT .*\tPhase: invoke\tStatus: error", "^START ");
    }

    [Theory]
    [InlineData("register('INVOKE'); next(); sys.exit(0)", "Extension.Crash", "Error: exit code 0$")]
    [InlineData("register('INVOKE'); next(); os.abort()", "Extension.Crash", "Error: signal: aborted$")]
    [InlineData(
        "register('INVOKE'); next(); call('exit/error', b'', **{'Lambda-Extension-Function-Error-Type': 'Extension.Own'}); sys.exit(3)",
        "Extension.ExitError", "Error: exit status 3$")]
    [Trait("Spec", "ENV-018"), Trait("Spec", "ENV-021")]
    public async Task An_exit_during_invoke_fails_it(string deeds, string type, string message)
    {
        using var function = With(deeds, "export const handler = () => new Promise(r => setTimeout(r, 9e4));");
        var run = await OfAsync(function, "--timeout", "60");

        run.FailedWith(type, message);
        run.LogHasInOrder(
            @"^EXTENSION\tName: companion\tState: Ready\tEvents: \[INVOKE\]$", "^START ",
            $@"^REPORT .*\tStatus: error\tError Type: {type}$");
    }

    [Fact, Trait("Spec", "ENV-010")]
    public async Task A_file_that_is_not_executable_is_a_launch_error()
    {
        using var function = WrittenFunction.Node(Echo).With("layer/extensions/companion", "#!/bin/sh\n");
        var run = await OfAsync(function);

        var file = ThawProgram.SharesFiles ? function["layer/extensions/companion"] : "/opt/extensions/companion";
        run.FailedWith("Extension.LaunchError", $@"Error: fork/exec {file}: permission denied \(it is not executable\)$");
        run.LogHasInOrder(@"^EXTENSION\tName: companion\tState: LaunchError\tEvents: \[\]\tError Type: Extension\.LaunchError$");
    }

    [Fact, Trait("Spec", "ENV-011")]
    public async Task The_eleventh_is_one_too_many()
    {
        using var function = WrittenFunction.Node(Echo);
        foreach (var number in Enumerable.Range(0, 11))
            function.WithProgram($"layer/extensions/e{number:00}", Api + "register(); next()");
        (await OfAsync(function)).FailedWith("Extension.LaunchError", "Error: too many extensions$");
    }

    [Fact, Trait("Spec", "ENV-011"), Trait("Spec", "ENV-009")]
    public async Task Ten_work_and_folders_beside_them_do_not_count()
    {
        using var function = WrittenFunction.Node(Echo).With("layer/extensions/folder/notes.txt", "");
        foreach (var number in Enumerable.Range(0, 10))
            function.WithProgram($"layer/extensions/e{number}", Api + "register(); next()");
        var run = await OfAsync(function, "--initialization-type", "provisioned-concurrency", "--timeout", "60");

        run.Answered("{}");
        Assert.Equal(
            Enumerable.Range(0, 10).Select(number => $"EXTENSION\tName: e{number}\tState: Ready\tEvents: []"),
            run.Log.Where(line => line.StartsWith("EXTENSION", StringComparison.Ordinal)));
    }

    [Fact, Trait("Spec", "ENV-088")]
    public async Task One_file_switches_them_all_off()
    {
        using var function = With("sys.exit(1)").With("layer/disable-extensions-jwigqn8j", "");
        var run = await OfAsync(function);
        run.Answered("{}");
        Assert.DoesNotContain(run.Log, line => line.StartsWith("EXTENSION", StringComparison.Ordinal));
    }

    // Nobody with the file's name ever registers, so Init waits for it; ten seconds, and then as long as the invoke may take.
    [Theory, InlineData("name = 'somebody-else'; register(); next()"), InlineData("time.sleep(1000)")]
    public async Task One_that_never_registers_holds_init_up(string deeds)
    {
        using var function = With(deeds);
        if (Full)
        {
            var run = await OfAsync(function, "--timeout", "1");
            run.FailedWith("Sandbox.Timedout", @"Task timed out after 1\.00 seconds$");
            run.LogHasInOrder(@"^INIT_REPORT Init Duration: (9\d{3}|10[0-4]\d\d)\.\d\d ms\tPhase: init\tStatus: timeout$",
                @"^INIT_REPORT .*\tPhase: invoke\tStatus: timeout$", "^START ");
            return;
        }

        // The everyday run does not wait for the ten seconds, but sees that nobody goes on and that it can be ended.
        using var held = ThawRun.Start(function.Folder, "--layer", function["layer"]);
        await Task.Delay(2000, TestContext.Current.CancellationToken);
        held.Signal(2);
        var ended = await held.EndAsync();
        Assert.Equal(130, ended.ExitStatus);
        Assert.DoesNotContain(ended.Log, line => line.StartsWith("START", StringComparison.Ordinal));
    }

    [Fact, Trait("Spec", "ENV-026"), Trait("Spec", "ENV-027")]
    public async Task One_that_hangs_in_an_invoke_ends_in_a_timeout_though_the_caller_has_its_answer()
    {
        using var function = With("register('INVOKE'); next(); time.sleep(1000)");
        var run = await OfAsync(function, "--timeout", "1");

        run.Answered("{}");
        run.LogHasInOrder("^START ", "^END ", @"^REPORT .*\tStatus: timeout$");
    }

    [Theory]
    [InlineData("signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(1000)", 2000, 9000)]
    [InlineData("sys.exit(0)", 0, 2000)]
    [Trait("Spec", "ENV-037"), Trait("Spec", "ENV-038"), Trait("Spec", "ENV-041")]
    public async Task The_shutdown_event_brings_the_reason_and_two_seconds(string deeds, int atLeast, int atMost)
    {
        using var function = With($"register('SHUTDOWN'); print('told', next()['shutdownReason'], flush=True); {deeds}");
        var document = (await OfAsync(function, "--json")).Document;
        var (logs, phases) = (document.GetProperty("logs").EnumerateArray(), document.GetProperty("phases").EnumerateArray());

        Assert.Contains("told spindown", logs.Select(line => line.GetProperty("text").GetString()));
        var shutdown = phases.Single(phase => phase.GetProperty("phase").GetString() == "shutdown");
        Assert.InRange(shutdown.GetProperty("durationMs").GetDouble(), atLeast, atMost);
    }

    [Fact, Trait("Spec", "ENV-035")]
    public async Task The_runtime_gets_SIGTERM_when_there_is_an_extension()
    {
        using var function = With("register('SHUTDOWN'); next()", """
            process.on('SIGTERM', () => { console.log('farewell'); process.exit(0); });
            export const handler = async (event) => event;
            """);
        (await OfAsync(function)).Answered("{}").LogHasInOrder("^REPORT ", "farewell$");
    }
}
