using System.Text.Json;
using Thaw.Linux;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.SystemTests.Up;

/// <summary>Published versions that are restored from snapshots, by a daemon as people run it.</summary>
public sealed class Versions_with_SnapStart : IAsyncDisposable
{
    private const int SIGKILL = 9;

    private const string SnapStart = ""","SnapStart":{"ApplyOn":"PublishedVersions"},"MemorySize":512""";

    /// <summary>Tells what it drew in Init, what it draws now, and whose hooks ran.</summary>
    private const string Python = """
        import os, random, time, uuid
        from snapshot_restore_py import register_before_snapshot, register_after_restore
        story = []
        register_before_snapshot(lambda: story.append('before'))
        @register_after_restore
        def restored():
            story.append('after')
            if os.path.exists('/tmp/fails'): raise ValueError('as asked')
        of_init = uuid.uuid4().hex
        open('/tmp/kept', 'w').write(of_init)
        def handler(event, context):
            time.sleep(event.get('seconds', 0))
            return {'init': of_init, 'kept': open('/tmp/kept').read(), 'now': uuid.uuid4().hex, 'random': random.random(), 'story': story,
                    'type': os.environ['AWS_LAMBDA_INITIALIZATION_TYPE'], 'keys': 'AWS_ACCESS_KEY_ID' in os.environ}
        """;

    private readonly FunctionsFolder functions = new();
    private RunningDaemon? daemon;

    private string Shelf => Path.Combine(functions.Data, "snapshots");

    public async ValueTask DisposeAsync()
    {
        if (daemon is not null)
            await daemon.DisposeAsync();
        functions.Dispose();
    }

    [Fact, Trait("Spec", "ENV-121"), Trait("Spec", "ENV-043")]
    public async Task Are_restored_into_as_many_clones_as_there_are_callers()
    {
        AwsCommand.SkipWithoutCli();
        await StartAsync();
        await CreateAsync(Python);
        var lambda = new[] { AwsCommand.Cli, "--endpoint-url", daemon!.Address.ToString(), "lambda" };
        var published = await AwsCommand.RunAsync(
            [.. lambda, "publish-version", "--function-name", "snap", "--query", "[Version,State]", "--output", "text"]);
        Assert.Equal("1\tPending", published.Output.Trim());
        string[] waiting = ["wait", "published-version-active", "--function-name", "snap", "--qualifier", "1"];
        Assert.Equal(0, (await AwsCommand.RunAsync([.. lambda, .. waiting])).Status);
        Assert.Equal("On", (await StateAsync()).Optimization);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => InvokeAsync("""{"seconds":10}""")));
        Assert.Single(answers.Select(answer => Text(answer, "init")).Distinct());
        Assert.All(answers, answer => Assert.Equal(Text(answer, "init"), Text(answer, "kept")));
        Assert.Equal(30, answers.Select(answer => Text(answer, "now")).Distinct().Count());
        Assert.Equal(30, answers.Select(answer => answer.Json.GetProperty("random").GetDouble()).Distinct().Count());
        Assert.All(answers, answer => Assert.Equal("""["before","after"]""", Raw(answer, "story")));
        Assert.All(answers, answer => Assert.Equal(("snap-start", "false"), (Text(answer, "type"), Raw(answer, "keys"))));
        Assert.Equal(30, (await daemon.EnvironmentsAsync("snap")).Length);

        var first = await daemon.InvokeAsync("snap:1", "{}", ("X-Amz-Log-Type", "Tail"));
        Assert.DoesNotContain("Init Duration", Tail(first), StringComparison.Ordinal);
    }

    [Fact, Trait("Spec", "ENV-043")]
    public async Task Report_their_restore_and_no_init()
    {
        await StartAsync();
        await PublishAsync(Python);
        var answer = await daemon!.InvokeAsync("snap:1", "{}", ("X-Amz-Log-Type", "Tail"));
        Assert.Matches("REPORT .*\tRestore Duration: [0-9.]+ ms\tBilled Restore Duration: [0-9]+ ms", Tail(answer));
        Assert.DoesNotContain("Init Duration", Tail(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Are_restored_after_the_daemon_was_killed()
    {
        await StartAsync();
        await PublishAsync(Python);
        var before = Text(await InvokeAsync("{}"), "init");
        daemon!.Signal(SIGKILL);
        await daemon.AwaitEndAsync();
        var killed = daemon;
        await StartAsync();
        await killed.AwaitClearanceByTheNextAsync();
        await killed.DisposeAsync();
        Assert.Equal(before, Text(await InvokeAsync("{}"), "init"));
    }

    [Fact]
    public async Task Are_initialised_and_snapshotted_anew_when_their_snapshot_is_damaged()
    {
        await StartAsync();
        await PublishAsync(Python);
        daemon!.Signal(RunningDaemon.SIGTERM);
        await daemon.EndAsync();
        await daemon.DisposeAsync();
        var pages = new DirectoryInfo(Shelf).EnumerateFiles("pages-*", SearchOption.AllDirectories).MaxBy(file => file.Length)!;
        await using (var file = pages.OpenWrite())
            file.WriteByte(0xFF);
        await StartAsync();
        Assert.Equal("""["before","after"]""", Raw(await InvokeAsync("{}"), "story"));
        await daemon.SaysAsync("its snapshot is of no use");
        var (one, two) = (Task.Run(() => InvokeAsync("""{"seconds":1}""")), Task.Run(() => InvokeAsync("""{"seconds":1}""")));
        await Task.WhenAll(one, two);
        await daemon.UntilAsync(
            async () => (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => InvokeAsync("""{"seconds":1}"""))))
                .Select(answer => Text(answer, "init")).Distinct().Count() < 4,
            "they are restored again");
    }

    [Fact]
    public async Task Whose_function_does_not_initialise_are_failed_with_the_reason()
    {
        await StartAsync();
        await CreateAsync("raise RuntimeError('as asked')");
        await PublishAsync();
        var (state, reason, code, optimization) = await StateAsync();
        Assert.Equal(("Failed", "FunctionError.RuntimeInitError", "Off"), (state, code, optimization));
        Assert.Contains("Runtime", reason, StringComparison.Ordinal);
        Assert.Equal(409, (await daemon!.InvokeAsync("snap:1")).Status);
        Assert.Empty(Directory.Exists(Shelf) ? Directory.GetFileSystemEntries(Shelf, "*.new", SearchOption.AllDirectories) : []);
    }

    [Fact, Trait("Spec", "ENV-123")]
    public async Task Whose_hook_fails_after_the_restore_are_refused_and_end()
    {
        await StartAsync();
        await PublishAsync(Python.Replace("of_init =", "open('/tmp/fails', 'w').close(); of_init =", StringComparison.Ordinal));
        var refused = await daemon!.InvokeAsync("snap:1");
        Assert.Equal((400, "SnapStartException"), (refused.Status, refused.Header("x-amzn-ErrorType")));
        Assert.Contains("AfterRestoreError", refused.Text, StringComparison.Ordinal);
        await daemon.UntilAsync(async () => (await daemon.EnvironmentsAsync("snap")).Length == 0, "the clone has ended");
    }

    [Fact]
    public async Task That_are_deleted_leave_no_snapshot()
    {
        await StartAsync();
        await PublishAsync(Python);
        Assert.NotEmpty(Directory.GetFileSystemEntries(Shelf));
        Assert.Equal(204, (await daemon!.CallAsync(HttpMethod.Delete, "/2015-03-31/functions/snap?Qualifier=1")).Status);
        await daemon!.UntilAsync(() => !Directory.Exists(Path.Combine(Shelf, "snap", "1")), "its snapshot is gone");
    }

    [Fact]
    public async Task That_crash_are_replaced_by_another_clone()
    {
        await StartAsync();
        await PublishAsync(Python.Replace("time.sleep(", "event.get('exit') and os._exit(3); time.sleep(", StringComparison.Ordinal));
        var before = Text(await InvokeAsync("{}"), "init");
        (await daemon!.InvokeAsync("snap:1", """{"exit":true}""")).FailedWith("Runtime.ExitError", "exit status 3");
        Assert.Equal(before, Text(await InvokeAsync("{}"), "init"));
    }

    [Fact]
    public async Task Are_pending_while_all_memory_is_at_work()
    {
        await StartAsync("--memory", "600");
        await CreateAsync(Python);
        var working = daemon!.InvokeAsync("snap", """{"seconds":4}""");
        await daemon!.UntilAsync(async () => (await daemon.EnvironmentsAsync("snap")).Length == 1, "it is at work");
        var publishing = PublishAsync();
        Assert.Same(working, await Task.WhenAny(working, publishing));
        (await working).Succeeded();
        await publishing;
        Assert.Equal(("Active", "On"), ((await StateAsync()).State, (await StateAsync()).Optimization));
    }

    [Fact]
    public async Task With_more_memory_than_there_is_have_no_snapshot()
    {
        await StartAsync("--memory", "500");
        await PublishAsync(Python);
        Assert.Equal("Off", (await StateAsync()).Optimization);
        await daemon!.SaysAsync("its 512 MB are more than all environments may have together (fix: --memory allows more)");
    }

    [Fact, Trait("Needs", "time")]
    public async Task Share_what_their_processes_shared_before()
    {
        const string Forks = """
            import os, signal
            table = os.urandom(200 << 20)
            child = os.fork()
            while child == 0: signal.pause()
            def handler(event, context):
                lines = open('/proc/self/smaps_rollup').read().splitlines()
                return {'pss': sum(int(line.split()[1]) for line in lines if line.startswith('Pss_Anon:'))}
            """;
        await StartAsync();
        await PublishAsync(Forks);

        // It has its own, and half of the 200 MB.
        var answer = await InvokeAsync("{}");
        Assert.InRange(answer.Json.GetProperty("pss").GetInt32(), 100 << 10, 150 << 10);
        Assert.DoesNotContain("could not be restored", daemon!.Said, StringComparison.Ordinal);
    }

    [Fact, Trait("Needs", "time")]
    public async Task That_are_larger_than_snapshots_may_be_are_failed_before_they_are_written()
    {
        await StartAsync("--snapshots-mb", "50");
        await CreateAsync("table = bytearray(b'x') * (100 << 20)\ndef handler(event, context): return 1");
        await PublishAsync();
        var (state, reason, _, _) = await StateAsync();
        Assert.Equal("Failed", state);
        Assert.Matches("its processes and /tmp hold 1[0-9]{2} MB, and snapshots may have 50 MB", reason);
    }

    [Fact]
    public async Task Are_initialised_where_no_snapshot_can_be_taken_and_say_so()
    {
        daemon = await RunningDaemon.StartAsync(functions, "--isolation", "process");
        await PublishAsync(Python);
        Assert.Equal(("Active", "Off"), ((await StateAsync()).State, (await StateAsync()).Optimization));
        await daemon.SaysAsync("without a snapshot");
        var answer = await InvokeAsync("{}");
        Assert.Equal("""["before","after"]""", Raw(answer, "story"));
    }

    private static string Text(Answer answer, string member) => answer.Json.GetProperty(member).GetString()!;

    private static string Raw(Answer answer, string member) =>
        JsonSerializer.Serialize(answer.Json.GetProperty(member)).Replace(" ", "", StringComparison.Ordinal);

    private static string Tail(Answer answer) =>
        System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(answer.Succeeded().Header("X-Amz-Log-Result")!));

    private async Task StartAsync(params string[] more)
    {
        Assert.SkipUnless(Syscalls.geteuid() == 0, "only root makes sandboxes of namespaces");
        Assert.SkipWhen(Criu.Find() is null, $"there is no CRIU {Criu.Oldest} or later (fix: thaw doctor --fix)");
        daemon = await RunningDaemon.StartAsync(functions, ["--isolation", "namespaces", .. more]);
    }

    private Task CreateAsync(string python) =>
        daemon!.CreateReadyAsync("snap", CreatedFunctions.Zip("app.py", python), SnapStart, "python3.12", "app.handler");

    private async Task PublishAsync(string? python = null)
    {
        if (python is not null)
            await CreateAsync(python);
        var published = await daemon!.CallAsync(HttpMethod.Post, "/2015-03-31/functions/snap/versions", "{}");
        Assert.Equal((201, "Pending"), (published.Status, published.Json.GetProperty("State").GetString()));
        await daemon!.UntilAsync(async () => (await StateAsync()).State != "Pending", "its version is made");
        if (python is not null)
            Assert.Equal(("Active", null), ((await StateAsync()).State, (await StateAsync()).Reason));
    }

    private async Task<(string State, string? Reason, string? Code, string Optimization)> StateAsync()
    {
        var shown = (await daemon!.GetAsync("/2015-03-31/functions/snap/configuration?Qualifier=1")).Succeeded().Json;
        return (shown.GetProperty("State").GetString()!, Optional("StateReason"), Optional("StateReasonCode"),
            shown.GetProperty("SnapStart").GetProperty("OptimizationStatus").GetString()!);

        string? Optional(string name) => shown.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    private async Task<Answer> InvokeAsync(string json) => (await daemon!.InvokeAsync("snap:1", json)).Succeeded();
}
