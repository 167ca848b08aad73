using Thaw.Contracts;
using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;
using Thaw.Testing;

namespace Thaw.ConformanceTests.Lifecycle;

public class Invoke_phase
{
    [Fact, Trait("Spec", "ENV-027"), Trait("Spec", "ENV-028")]
    public async Task Answers_the_caller_before_the_extensions_are_done()
    {
        var stage = new Stage(["alpha"]);
        await stage.GoodInit("INVOKE");
        var response = new RecordedResponse();
        var invocation = stage.NewInvocation(response: response);
        var invoke = stage.Lifecycle.InvokeAsync(invocation);
        await stage.RespondAndNext(invocation, "\"hi\"");

        Assert.Equal("\"hi\"", response.Body);
        Assert.True(response.IsComplete);
        Assert.False(invoke.IsCompleted);

        _ = stage.ExtensionNext("alpha");
        Assert.True((await invoke).IsSuccess);
    }

    [Fact]
    public async Task Waits_for_the_runtimes_next()
    {
        var stage = new Stage();
        await stage.GoodInit();
        var invocation = stage.NewInvocation();
        var invoke = stage.Lifecycle.InvokeAsync(invocation);
        await stage.Respond(invocation);

        Assert.False(invoke.IsCompleted);
        _ = stage.RuntimeNext();
        Assert.True((await invoke).IsSuccess);
    }

    [Fact, Trait("Spec", "ENV-048")]
    public async Task Gives_a_deadline_of_dispatch_plus_timeout()
    {
        var stage = new Stage(["alpha"], timeoutSeconds: 7);
        var init = stage.Lifecycle.InitAsync();
        await stage.Register("alpha", "INVOKE");
        var runtime = stage.RuntimeNext();
        var extension = stage.ExtensionNext("alpha");
        await init;
        stage.Advance(60_000);
        var expected = stage.Time.GetUtcNow().AddSeconds(7);
        _ = stage.Lifecycle.InvokeAsync(stage.NewInvocation());

        (await runtime).IsRefused(out _, out var sent);
        (await extension).IsRefused(out _, out var woken);
        Assert.Equal(expected, sent!.Deadline);
        Assert.Equal(expected, woken!.Deadline);
    }

    [Fact, Trait("Spec", "ENV-085")]
    public async Task Does_not_wake_or_await_an_extension_that_wants_only_shutdown()
    {
        var stage = new Stage(["alpha"]);
        var init = stage.Lifecycle.InitAsync();
        await stage.Register("alpha", "SHUTDOWN");
        _ = stage.RuntimeNext();
        var next = stage.ExtensionNext("alpha");
        await init;
        var invocation = stage.NewInvocation();
        var invoke = stage.Lifecycle.InvokeAsync(invocation);
        await stage.RespondAndNext(invocation);

        Assert.True((await invoke).IsSuccess);
        Assert.False(next.IsCompleted);
    }

    [Fact, Trait("Spec", "ENV-025")]
    public async Task Answers_a_timeout_with_its_seconds()
    {
        var stage = new Stage(timeoutSeconds: 3);
        await stage.GoodInit();
        var response = new RecordedResponse();
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation(response: response));
        stage.Advance(3_000);

        Assert.IsType<PhaseOutcome.TimedOut>(await invoke);
        Assert.Equal(
            """{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: request-1 Error: Task timed out after 3.00 seconds"}""",
            response.ErrorBody);
        var report = stage.Events.Of<InvokeReport>().Single();
        Assert.Equal((PhaseStatus.Timeout, 3000L), (report.Status, (long)report.Metrics.Duration.TotalMilliseconds));
    }

    [Fact, Trait("Spec", "ENV-026")]
    public async Task Times_out_when_only_an_extension_hangs_though_the_caller_had_its_answer()
    {
        var stage = new Stage(["alpha"]);
        await stage.GoodInit("INVOKE");
        var response = new RecordedResponse();
        var invocation = stage.NewInvocation(response: response);
        var invoke = stage.Lifecycle.InvokeAsync(invocation);
        await stage.RespondAndNext(invocation);
        stage.Advance(3_000);
        stage.Advance(2_000);

        Assert.IsType<PhaseOutcome.TimedOut>(await invoke);
        Assert.True(response.IsComplete);
        Assert.Equal(PhaseStatus.Success, stage.Events.Of<RuntimeDone>().Single().Status);
        Assert.Equal(PhaseStatus.Timeout, stage.Events.Of<InvokeReport>().Single().Status);
    }

    [Theory, Trait("Spec", "ENV-015"), Trait("Spec", "ENV-016"), Trait("Spec", "ENV-017"), Trait("Spec", "ENV-023")]
    [InlineData(0, 0, "Runtime exited without providing a reason")]
    [InlineData(1, 0, "Runtime exited with error: exit status 1")]
    [InlineData(0, 9, "Runtime exited with error: signal: killed")]
    [InlineData(0, 11, "Runtime exited with error: signal: segmentation fault")]
    public async Task Answers_the_exit_of_the_runtime(int status, int signal, string reason)
    {
        var stage = new Stage();
        await stage.GoodInit();
        var response = new RecordedResponse();
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation(response: response));
        stage.Processes.Exit("runtime", new ProcessExit(status, signal));

        await invoke;
        Assert.Equal($$"""{"errorType":"Runtime.ExitError","errorMessage":"RequestId: request-1 Error: {{reason}}"}""", response.ErrorBody);
    }

    [Theory, Trait("Spec", "ENV-018")]
    [InlineData(0, "exit code 0")]
    [InlineData(2, "exit status 2")]
    public async Task Answers_the_exit_of_an_extension(int status, string reason)
    {
        var stage = new Stage(["alpha"]);
        await stage.GoodInit("INVOKE");
        var response = new RecordedResponse();
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation(response: response));
        stage.Processes.Exit("alpha", ProcessExit.WithStatus(status));

        await invoke;
        Assert.EndsWith($$""" Error: {{reason}}"}""", response.ErrorBody, StringComparison.Ordinal);
        Assert.Equal(ErrorType.ExtensionCrash, response.Error!.ErrorType);
    }

    [Fact, Trait("Spec", "ENV-021")]
    public async Task Has_the_type_ExitError_when_the_extension_reported_one_before_it_exits()
    {
        var stage = new Stage(["alpha"]);
        await stage.GoodInit("INVOKE");
        var response = new RecordedResponse();
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation(response: response));
        await stage.Extensions.ExitErrorAsync(stage.IdentifierOf("alpha"), new ErrorType("Extension.Full"));
        stage.Processes.Exit("alpha", ProcessExit.WithStatus(1));

        await invoke;
        Assert.Equal(ErrorType.ExtensionExitError, response.Error!.ErrorType);
    }

    [Fact, Trait("Spec", "ENV-135")]
    public async Task Refuses_a_response_after_the_deadline()
    {
        var stage = new Stage(["alpha"]); // an extension, so that shutdown takes time
        stage.Processes.IgnoringSigterm.Add("runtime");
        await stage.GoodInit("INVOKE", "SHUTDOWN");
        var response = new RecordedResponse();
        var invocation = stage.NewInvocation(response: response);
        var runtime = stage.Runtime;
        _ = stage.Lifecycle.InvokeAsync(invocation);
        (await runtime.BeginResponseAsync(invocation.RequestId, null, modeIsKnown: true)).IsRefused(out _, out var begun);
        stage.Advance(3_000);

        (await begun!.RespondAsync(null, "late"u8.ToArray())).IsRefused(out var late, out _);
        (await runtime.BeginResponseAsync(invocation.RequestId, null, modeIsKnown: true)).IsRefused(out var later, out _);
        Assert.Equal(Refusal.InvalidRequestId, late);
        Assert.Equal(Refusal.InvalidRequestId, later);
        Assert.Equal("", response.Body);
        Assert.Equal(ErrorType.SandboxTimedout, response.Error!.ErrorType);
    }

    [Fact, Trait("Spec", "ENV-006"), Trait("Spec", "ENV-045"), Trait("Spec", "ENV-101")]
    public async Task Reports_and_bills_the_init_on_the_first_invoke_only_even_when_it_comes_much_later()
    {
        var stage = new Stage();
        var init = stage.Lifecycle.InitAsync();
        stage.Advance(250);
        _ = stage.RuntimeNext();
        await init;
        stage.Advance(3_600_000);

        foreach (var expected in new (double? Init, long Billed)[] { (250, 261), (null, 11) })
        {
            var metrics = await stage.GoodInvoke(10.4);
            Assert.Equal(expected, (metrics.InitDuration?.TotalMilliseconds, metrics.BilledMilliseconds(Dialects.Newest)));
            Assert.Equal((128, 10), (metrics.MemoryMegabytes, metrics.MaxMemoryUsedMegabytes));
        }
    }

    [Fact]
    public async Task Tells_the_runtime_first_and_lets_no_caller_wait_for_a_runtime_that_is_slow_to_listen()
    {
        var stage = new Stage();
        await stage.GoodInit();
        var response = new RecordedResponse();
        var invocation = stage.NewInvocation(response: response);
        _ = stage.Lifecycle.InvokeAsync(invocation);
        (await stage.Runtime.BeginResponseAsync(invocation.RequestId, null, modeIsKnown: true)).IsRefused(out _, out var posted);
        var listens = new TaskCompletionSource();
        var callerHadIt = true;

        var responding = posted!.RespondAsync(null, "answer"u8.ToArray(), () =>
        {
            callerHadIt = response.IsComplete;
            return listens.Task;
        });

        Assert.False(callerHadIt);
        Assert.Equal("answer", response.Body);
        Assert.False(responding.IsCompleted);
        listens.SetResult();
        Assert.False((await responding).IsRefused(out _, out _));
    }

    [Fact, Trait("Spec", "ENV-103")]
    public async Task Measures_latency_duration_and_overheads()
    {
        var stage = new Stage(["alpha"]);
        await stage.GoodInit("INVOKE");
        var invocation = stage.NewInvocation();
        var invoke = stage.Lifecycle.InvokeAsync(invocation);
        stage.Advance(5);
        (await stage.Runtime.BeginResponseAsync(invocation.RequestId, null, true)).IsRefused(out _, out var posted);
        stage.Advance(7);
        await posted!.RespondAsync(null, "12345"u8.ToArray());
        stage.Advance(11);
        _ = stage.RuntimeNext();
        stage.Advance(13);
        _ = stage.ExtensionNext("alpha");
        await invoke;

        var done = stage.Events.Of<RuntimeDone>().Single();
        Assert.Equal((23.0, 5L), (done.Duration!.Value.TotalMilliseconds, done.ProducedBytes));
        Assert.Equal(
            [("responseLatency", 5.0), ("responseDuration", 7.0), ("runtimeOverhead", 11.0)],
            done.Spans.Select(span => (span.Name, span.Duration.TotalMilliseconds)));
        Assert.Equal(
            [("extensionOverhead", 13.0)],
            stage.Events.Of<InvokeReport>().Single().Spans.Select(span => (span.Name, span.Duration.TotalMilliseconds)));
    }

    [Fact, Trait("Spec", "ENV-030"), Trait("Spec", "ENV-104")]
    public async Task A_handler_error_keeps_the_process_and_counts_as_success()
    {
        var stage = new Stage();
        await stage.GoodInit();
        var response = new RecordedResponse();
        var invocation = stage.NewInvocation(response: response);
        var invoke = stage.Lifecycle.InvokeAsync(invocation);
        (await stage.Runtime.BeginErrorAsync(invocation.RequestId, null)).IsRefused(out _, out var posted);
        await posted!.FailAsync(new InvocationError(new ErrorType("Function.Oops"), "any bytes"u8.ToArray(), "text/plain"));
        _ = stage.RuntimeNext();

        Assert.True((await invoke).IsSuccess);
        Assert.Equal("any bytes", response.ErrorBody);
        Assert.Equal(PhaseStatus.Success, stage.Events.Of<RuntimeDone>().Single().Status);
        Assert.Single(stage.Processes.Log, "start runtime");
    }

    [Fact]
    public async Task An_unknown_response_mode_ends_the_invoke_at_the_next_call_of_next()
    {
        var stage = new Stage();
        await stage.GoodInit();
        var response = new RecordedResponse();
        var invocation = stage.NewInvocation(response: response);
        var invoke = stage.Lifecycle.InvokeAsync(invocation);
        (await stage.Runtime.BeginResponseAsync(invocation.RequestId, null, modeIsKnown: false)).IsRefused(out var refusal, out _);
        Assert.Equal(Refusal.InvalidResponseMode, refusal);
        Assert.False(invoke.IsCompleted);

        (await stage.RuntimeNext()).IsRefused(out var refused, out _);
        Assert.Equal(Refusal.RuntimeTransition("InvocationResponse", "Ready"), refused);
        await invoke;
        Assert.Equal(ErrorType.RuntimeInvalidResponseModeHeader, response.Error!.ErrorType);
    }
}
