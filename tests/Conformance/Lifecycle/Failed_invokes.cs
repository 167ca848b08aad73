using System.Globalization;
using Thaw.Contracts;
using Thaw.Testing;

namespace Thaw.ConformanceTests.Lifecycle;

/// <summary>What an invoke that goes wrong leaves in its events; spec 1.6, 4.4.</summary>
public class Failed_invokes
{
    private readonly Stage stage = new(["alpha"]);

    [Theory, Trait("Spec", "ENV-104"), Trait("Spec", "ENV-111")]
    [InlineData("runtime exits", "Error", "Runtime.ExitError", "Error", "Runtime.ExitError")]
    [InlineData("runtime runs out of memory", "Error", "Runtime.OutOfMemory", "Error", "Runtime.OutOfMemory")]
    [InlineData("extension exits", "Error", "Extension.Crash", "Error", "Extension.Crash")]
    [InlineData("extension exits after the answer", "Success", null, "Error", "Extension.Crash")]
    [InlineData("handler hangs", "Timeout", null, "Timeout", null)]
    [InlineData("extension hangs after the answer", "Success", null, "Timeout", null)]
    [InlineData("sandbox breaks", "Failure", "Sandbox.Failure", "Failure", "Sandbox.Failure")]
    [InlineData("sandbox is lost", "Failure", "Sandbox.Failure", "Failure", "Sandbox.Failure")]
    public async Task Tell_how_the_runtime_and_how_the_whole_ended(
        string how, string runtimeStatus, string? runtimeType, string status, string? type)
    {
        await FailAsync(how);
        var (done, report) = (stage.Events.Of<RuntimeDone>().Single(), stage.Events.Of<InvokeReport>().Single());
        Assert.Equal((runtimeStatus, runtimeType), ($"{done.Status}", done.ErrorType?.Name));
        Assert.Equal((status, type), ($"{report.Status}", report.ErrorType?.Name));
        var ended = stage.Events.Of<PhaseEnded>().Single(ended => ended.Phase == Phase.Invoke);
        Assert.Equal((status, type), ($"{ended.Status}", ended.ErrorType?.Name));
    }

    [Theory]
    [InlineData("runtime exits", "InvokeStart InvokeFault RuntimeDone Shutdown InvokeReport")]
    [InlineData("handler hangs", "InvokeStart InvokeFault RuntimeDone Shutdown InvokeReport")]
    [InlineData("extension exits", "InvokeStart InvokeFault RuntimeDone Shutdown InvokeReport")]
    [InlineData("extension exits after the answer", "InvokeStart RuntimeDone InvokeFault Shutdown InvokeReport")]
    [InlineData("extension hangs after the answer", "InvokeStart RuntimeDone InvokeFault Shutdown InvokeReport")]
    [Trait("Spec", "ENV-099")]
    public async Task Tell_of_the_fault_at_once_and_of_the_end_when_everyone_was_stopped(string how, string order)
    {
        await FailAsync(how);
        Assert.Equal(order.Split(' '), stage.Events.All.SkipWhile(happened => happened is not InvokeStart)
            .Where(happened => happened is PlatformEvent or PhaseStarted)
            .Select(happened => happened is PhaseStarted phase ? $"{phase.Phase}" : happened.GetType().Name));
    }

    [Theory]
    [InlineData("runtime exits", "Runtime exited with error: exit status 1", "Runtime.ExitError", null)]
    [InlineData("runtime runs out of memory", "Runtime exited with error: signal: killed", "Runtime.ExitError", null)]
    [InlineData("extension exits", "exit status 2", "Extension.Crash", null)]
    [InlineData("handler hangs", "Task timed out after 3.00 seconds", null, 3)]
    public async Task Word_the_fault_as_the_callers_body(string how, string reason, string? type, int? seconds)
    {
        await FailAsync(how);
        var fault = stage.Events.Of<InvokeFault>().Single();
        Assert.Equal((reason, type, seconds), (fault.Reason, fault.ErrorType?.Name, (int?)fault.Timeout?.TotalSeconds));
        Assert.Equal(stage.Events.Of<InvokeStart>().Single().RequestId, fault.RequestId);
    }

    [Fact]
    public async Task Out_of_memory_answer_the_caller_as_any_kill()
    {
        var response = await FailAsync("runtime runs out of memory");
        Assert.Equal(ErrorType.RuntimeExitError, response.Error!.ErrorType);
        Assert.EndsWith("Error: Runtime exited with error: signal: killed\"}", response.ErrorBody, StringComparison.Ordinal);
    }

    [Fact, Trait("Spec", "ENV-022")]
    public async Task Keep_the_first_error_when_the_memory_ran_out_after_it()
    {
        await stage.GoodInit("INVOKE");
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation());
        await stage.Extensions.ExitErrorAsync(stage.IdentifierOf("alpha"), new ErrorType("Extension.Full"));
        stage.Processes.Exit("runtime", new ProcessExit(0, 9, OutOfMemory: true));
        await invoke;
        Assert.Equal(ErrorType.ExtensionExitError, stage.Events.Of<InvokeReport>().Single().ErrorType);
    }

    [Fact]
    public async Task Of_the_handler_itself_are_successes_with_a_function_error()
    {
        await stage.GoodInit();
        foreach (var type in new[] { "Function.Oops", null })
        {
            var invocation = stage.NewInvocation();
            var invoke = stage.Lifecycle.InvokeAsync(invocation);
            await (type is null ? stage.Respond(invocation) : stage.Fail(invocation, type));
            _ = stage.RuntimeNext();
            Assert.True((await invoke).IsSuccess);
            var done = stage.Events.Of<RuntimeDone>()[^1];
            Assert.Equal((PhaseStatus.Success, null, type), (done.Status, done.ErrorType, done.FunctionError?.Name));
        }

        Assert.Empty(stage.Events.Of<InvokeFault>());
    }

    [Fact]
    public async Task After_an_error_of_the_handler_still_say_what_that_was()
    {
        await stage.GoodInit();
        var invocation = stage.NewInvocation();
        var invoke = stage.Lifecycle.InvokeAsync(invocation);
        await stage.Fail(invocation, "Function.Oops");
        stage.Processes.Exit("runtime", ProcessExit.WithStatus(1));
        await invoke;
        var done = stage.Events.Of<RuntimeDone>().Single();
        Assert.Equal((ErrorType.RuntimeExitError, "Function.Oops"), (done.ErrorType, done.FunctionError?.Name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whose_event_nobody_got_have_no_duration_of_the_runtime(bool hangs)
    {
        await stage.PostInitErrorDuringInit();
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation());
        await stage.Register("alpha", "INVOKE");
        if (hangs)
            stage.Advance(3_000);
        else
            stage.Processes.Exit("runtime", ProcessExit.WithStatus(1));
        stage.Advance(2_000);
        await invoke;

        var done = stage.Events.Of<RuntimeDone>().Single();
        Assert.Null(done.Duration);
        Assert.Empty(done.Spans);
        Assert.Equal(
            ["InitReport", "InvokeStart", "InvokeFault", "RuntimeDone", "InvokeReport"],
            stage.Events.Of<PlatformEvent>().TakeLast(5).Select(happened => happened.GetType().Name));
    }

    [Fact, Trait("Spec", "ENV-103")]
    public async Task Have_only_the_spans_that_ended()
    {
        await FailAsync("extension hangs after the answer");
        Assert.Equal(3, stage.Events.Of<RuntimeDone>().Single().Spans.Count);
        Assert.Empty(stage.Events.Of<InvokeReport>().Single().Spans);
    }

    [Theory, Trait("Spec", "ENV-025")]
    [InlineData("2026-09",
        """{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: request-1 Error: Task timed out after 3.00 seconds"}""")]
    [InlineData("2024-12", """{"errorMessage":"<time> request-1 Task timed out after 3.00 seconds"}""")]
    public async Task That_time_out_answer_in_the_functions_dialect(string dialect, string body)
    {
        var spoken = new Stage(dialect: dialect);
        await spoken.GoodInit();
        var response = new RecordedResponse();
        var invoke = spoken.Lifecycle.InvokeAsync(spoken.NewInvocation(response: response));
        spoken.Advance(3_000);
        await invoke;
        var time = spoken.Time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture) + "Z";
        Assert.Equal(body.Replace("<time>", time, StringComparison.Ordinal), response.ErrorBody);
        Assert.Equal(ErrorType.SandboxTimedout, response.Error!.ErrorType);
    }

    [Fact]
    public async Task Say_where_the_invocation_came_from_as_good_ones_do()
    {
        await stage.GoodInit();
        var origin = new InvocationOrigin("Root=1-2-3;Sampled=1", "53995c3f42cd8ad8", "tenant");
        var received = stage.Time.GetUtcNow().AddMilliseconds(-7);
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation() with { Origin = origin, ReceivedAt = received });
        stage.Processes.Exit("runtime", ProcessExit.WithStatus(1));
        await invoke;
        Assert.Same(origin, stage.Events.Of<InvokeStart>().Single().Origin);
        Assert.Same(origin, stage.Events.Of<RuntimeDone>().Single().Origin);
        Assert.Same(origin, stage.Events.Of<InvokeReport>().Single().Origin);
        Assert.Equal(received, stage.Events.Of<PhaseStarted>().Single(started => started.Phase == Phase.Invoke).ReceivedAt);
    }

    private async Task<RecordedResponse> FailAsync(string how)
    {
        await stage.GoodInit("INVOKE");
        var response = new RecordedResponse();
        var invocation = stage.NewInvocation(response: response);
        var invoke = stage.Lifecycle.InvokeAsync(invocation);
        if (how.EndsWith("after the answer", StringComparison.Ordinal))
            await stage.RespondAndNext(invocation);
        switch (how.Split(" after")[0])
        {
            case "runtime exits":
                stage.Processes.Exit("runtime", ProcessExit.WithStatus(1));
                break;
            case "runtime runs out of memory":
                stage.Processes.Exit("runtime", new ProcessExit(0, 9, OutOfMemory: true));
                break;
            case "extension exits":
                stage.Processes.Exit("alpha", ProcessExit.WithStatus(2));
                break;
            case "sandbox is lost":
                stage.Processes.Exit("runtime", new ProcessExit(0, 9) { SandboxBroke = true });
                break;
            case "sandbox breaks":
                stage.Lifecycle.Interrupt("it broke");
                break;
            default:
                stage.Advance(3_000);
                break;
        }

        stage.Advance(2_000); // Shutdown, with somebody in it who does not obey
        await invoke;
        return response;
    }
}
