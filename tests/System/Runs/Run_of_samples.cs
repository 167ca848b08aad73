namespace Thaw.SystemTests.Runs;

/// <summary>The samples, as README.md tells a newcomer to run them.</summary>
public sealed class Run_of_samples
{
    private const string Id = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private const string Figures =
        @"\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: (?:128|1769) MB\tMax Memory Used: [1-9]\d* MB\t";

    private static bool Full => Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1";

    private static Task<EndedRun> OfAsync(string sample, params string[] options) => ThawRun.OfAsync(ThawProgram.Sample(sample), options);

    [Fact, Trait("Spec", "ENV-108"), Trait("Spec", "ENV-109"), Trait("Spec", "ENV-102")]
    public async Task Hello_node_greets_and_its_log_is_Lambdas()
    {
        var run = await OfAsync("hello-node", "--event", """{"name":"Zoë"}""");

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal("Hello, Zoë!", run.Answer.GetProperty("message").GetString());
        var id = run.Answer.GetProperty("requestId").GetString();
        Assert.Matches($"^{Id}$", id!);
        run.LogHasInOrder(
            @"^INIT_START Runtime Version: nodejs:\d+\.v\d+\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}$",
            @"^\[lifecycle-logger\] registered with hello-node$",
            @"^EXTENSION\tName: lifecycle-logger\tState: Ready\tEvents: \[INVOKE, SHUTDOWN\]$",
            $@"^START RequestId: {id} Version: \$LATEST$",
            $@"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z\t{id}\tINFO\tgreeting Zoë, \d+ ms left$",
            $"^END RequestId: {id}$",
            $@"^REPORT RequestId: {id}{Figures}Init Duration: \d+\.\d\d ms\t$",
            @"^\[lifecycle-logger\] SHUTDOWN spindown$");
        run.LogHasInOrder(@"^START ", $@"^\[lifecycle-logger\] INVOKE {id}$");
        Assert.Contains("  Timeline ", run.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello-python", @"^\[INFO\]\t\S+Z\t\S+\tgreeting Ada, \d+ ms left$")]
    [InlineData("custom-runtime", "^greeting Ada$")]
    public async Task Other_languages_greet_too(string sample, string line)
    {
        var run = await OfAsync(sample, "--event", """{"name":"Ada"}""");

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal("Hello, Ada!", run.Answer.GetProperty("message").GetString());
        run.LogHasInOrder("^START ", line, "^END ", "^REPORT ");
    }

    [Fact]
    public async Task Hello_python_leaves_nothing_in_the_folder_of_its_source()
    {
        await OfAsync("hello-python");
        Assert.False(Directory.Exists(Path.Combine(ThawProgram.Sample("hello-python"), "__pycache__")));
    }

    [Fact]
    public async Task Three_invokes_share_an_environment_and_only_the_first_has_an_init()
    {
        var run = await OfAsync("hello-node", "--repeat", "3");

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(3, run.Answers.Length);
        Assert.Equal(3, run.Answers.Distinct().Count());
        var reports = run.Log.Where(line => line.StartsWith("REPORT ", StringComparison.Ordinal)).ToArray();
        Assert.Equal([true, false, false], reports.Select(report => report.Contains("Init Duration", StringComparison.Ordinal)));
        Assert.Single(run.Log, line => line.StartsWith("EXTENSION\t", StringComparison.Ordinal));
    }

    [Fact, Trait("Spec", "ENV-099"), Trait("Spec", "ENV-103")]
    public async Task The_document_holds_answers_phases_participants_events_and_log()
    {
        var document = (await OfAsync("hello-node", "--repeat", "2", "--json")).Document;

        string?[] Each(string list, string member) =>
            [.. document.GetProperty(list).EnumerateArray().Select(item => item.GetProperty(member).GetString())];
        Assert.Equal(2, Each("invocations", "requestId").Distinct().Count());
        Assert.Equal("Hello, world!", document.GetProperty("invocations")[1].GetProperty("response").GetProperty("message").GetString());
        Assert.Equal(["init", "invoke", "invoke", "shutdown"], Each("phases", "phase"));
        Assert.Equal(["lifecycle-logger", "runtime"], Each("participants", "name").Order());
        Assert.Equal(
            ["initStart", "initRuntimeDone", "extension", "initReport", "start", "runtimeDone", "report", "start", "runtimeDone", "report"],
            Each("events", "type").Where(type => type!.StartsWith("platform.", StringComparison.Ordinal)).Select(type => type![9..]));
        Assert.Equal(["function", "lifecycle-logger", "platform"], Each("logs", "source").Distinct().Order());
        var events = document.GetProperty("events").EnumerateArray().ToLookup(item => item.GetProperty("type").GetString());
        Assert.Equal(
            events["platform.initReport"].Single().GetProperty("durationMs").GetDouble(),
            events["platform.report"].First().GetProperty("metrics").GetProperty("initDurationMs").GetDouble());
        var spans = document.GetProperty("events").EnumerateArray()
            .Where(item => item.TryGetProperty("spans", out _))
            .SelectMany(item => item.GetProperty("spans").EnumerateArray())
            .Select(span => span.GetProperty("name").GetString());
        Assert.Equal(["extensionOverhead", "responseDuration", "responseLatency", "runtimeOverhead"], spans.Distinct().Order());
    }

    [Theory]
    [InlineData("throw", "RangeError", "^thrown by the handler$", "")]
    [InlineData("exit", "Runtime.ExitError", $"^RequestId: {Id} Error: Runtime exited with error: exit status 3$", "Runtime.ExitError")]
    [InlineData("crash", "Error", "^thrown outside the handler$", "Runtime.ExitError")]
    [InlineData("reject", "Runtime.UnhandledPromiseRejection", "^Error: nobody catches this$", "Runtime.ExitError")]
    [InlineData("large", "Function.ResponseSizeTooLarge", @"^Response payload size exceeded maximum .* \(6291556 bytes\)\.$", "")]
    public async Task Failing_fails_as_it_is_told(string how, string errorType, string message, string reported)
    {
        var run = await OfAsync("failing", "--event", $$"""{"how":"{{how}}"}""");

        run.FailedWith(errorType, message);
        var ending = reported.Length == 0 ? @"Init Duration: \S+ ms\t$" : $@"\tStatus: error\tError Type: {reported}$";
        run.LogHasInOrder("^START ", "^END ", $"^REPORT .*{ending}");
    }

    [Theory, Trait("Spec", "ENV-004")]
    [InlineData("provisioned-concurrency"), InlineData("snap-start")]
    public async Task A_slow_init_passes_where_it_may_take_longer(string type)
    {
        var run = await OfAsync("slow-init", "--initialization-type", type, "--env", $"INIT_SECONDS={(Full ? 11 : 1)}");

        Assert.Equal(0, run.ExitStatus);
        run.LogHasInOrder(@"^INIT_REPORT Init Duration: \d+\.\d\d ms$", "^START ");
    }

    // Eleven seconds twice: the everyday run proves the same with a sandbox of its own clock, in tests/Conformance.
    [Fact, Trait("Spec", "ENV-001"), Trait("Spec", "ENV-002"), Trait("Spec", "ENV-003")]
    public async Task A_slow_init_is_stopped_and_repeated_within_the_invoke()
    {
        var options = Full ? Array.Empty<string>() : ["--env", "INIT_SECONDS=0"];
        var run = await OfAsync("slow-init", options);

        Assert.Equal(0, run.ExitStatus);
        if (Full)
        {
            run.LogHasInOrder(
                "\tinit: 9 of 11 s$", @"^INIT_REPORT Init Duration: (9\d{3}|10[0-4]\d\d)\.\d\d ms\tPhase: init\tStatus: timeout$",
                "\tinit: 11 of 11 s$", "^START ", "^END ", @"^REPORT .*\tDuration: 1[1-9]\d{3}\.\d\d ms");
            Assert.DoesNotContain(run.Log, line => line.Contains("\tInit Duration", StringComparison.Ordinal));
        }
    }
}
