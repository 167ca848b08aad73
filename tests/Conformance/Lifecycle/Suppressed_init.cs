using Thaw.Contracts;
using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;
using Thaw.Testing;

namespace Thaw.ConformanceTests.Lifecycle;

/// <summary>A failed init, a reset, and what the next invoke does about it; spec 1.4, 1.6.</summary>
public class Suppressed_init
{
    [Fact, Trait("Spec", "ENV-002"), Trait("Spec", "ENV-003")]
    public async Task Runs_inside_the_invoke_after_an_overrun_and_can_succeed()
    {
        var stage = new Stage(timeoutSeconds: 60);
        var init = stage.Lifecycle.InitAsync();
        stage.Advance(10_000);
        await init;

        var response = new RecordedResponse();
        var invocation = stage.NewInvocation(response: response);
        var invoke = stage.Lifecycle.InvokeAsync(invocation);
        stage.Advance(12_000);
        var next = await Soon(stage.RuntimeNext());
        Assert.Equal(invocation, next.Invocation);
        stage.Advance(5);
        await stage.RespondAndNext(invocation);

        Assert.True((await invoke).IsSuccess);
        Assert.Equal("\"ok\"", response.Body);
        var metrics = stage.Events.Of<InvokeReport>().Single().Metrics;
        Assert.Null(metrics.InitDuration);
        Assert.Equal(12_005, metrics.Duration.TotalMilliseconds);
    }

    [Fact, Trait("Spec", "ENV-105"), Trait("Spec", "ENV-110")]
    public async Task Has_events_of_the_phase_invoke_before_the_start_of_the_invocation()
    {
        var stage = new Stage();
        await FailInit(stage);
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation());
        stage.Processes.Exit("runtime", ProcessExit.WithStatus(1));
        await invoke;

        Assert.Equal(
            [
                "InitStart Init", "InitRuntimeDone Init Error", "InitReport Init Error",
                "InitStart Invoke", "InitRuntimeDone Invoke Error", "InitReport Invoke Error",
                "InvokeStart", "InvokeFault", "RuntimeDone Error", "InvokeReport Error",
            ],
            stage.Events.Of<PlatformEvent>().Select(Describe));
    }

    [Fact]
    public async Task Leaves_the_handler_the_time_that_is_left()
    {
        var stage = new Stage(timeoutSeconds: 3);
        await FailInit(stage);
        var response = new RecordedResponse();
        var dispatched = stage.Time.GetUtcNow();
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation(response: response));
        stage.Advance(2_000);
        var next = await Soon(stage.RuntimeNext());
        Assert.Equal(dispatched.AddSeconds(3), next.Deadline);
        stage.Advance(1_000);

        Assert.IsType<PhaseOutcome.TimedOut>(await invoke);
        Assert.Equal(ErrorType.SandboxTimedout, response.Error!.ErrorType);
    }

    [Fact]
    public async Task That_overruns_is_a_timeout_of_the_invoke()
    {
        var stage = new Stage(timeoutSeconds: 3);
        await stage.PostInitErrorDuringInit();
        var response = new RecordedResponse();
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation(response: response));
        stage.Advance(3_000);
        await invoke;
        Assert.Equal(ErrorType.SandboxTimedout, response.Error!.ErrorType);
    }

    [Fact, Trait("Spec", "ENV-032")]
    public async Task That_fails_silently_answers_the_body_posted_to_the_first_inits_error()
    {
        var stage = new Stage();
        await stage.PostInitErrorDuringInit(body: "first words");
        var response = new RecordedResponse();
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation(response: response));
        stage.Processes.Exit("runtime", ProcessExit.WithStatus(1));
        await invoke;
        Assert.Equal("first words", response.ErrorBody);
    }

    [Fact, Trait("Spec", "ENV-033")]
    public async Task That_posts_an_init_error_answers_its_body_at_once()
    {
        var stage = new Stage(["alpha"]);
        var init = stage.Lifecycle.InitAsync();
        await stage.Register("alpha", "SHUTDOWN");
        await stage.PostInitError(body: "first words");
        await init;

        stage.Processes.IgnoringSigterm.Add("runtime");
        var response = new RecordedResponse();
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation(response: response));
        stage.Advance(600); // the old generation's runtime
        stage.Processes.Exit("alpha", ProcessExit.WithStatus(0));
        await stage.Register("alpha", "SHUTDOWN");
        await stage.PostInitError(body: "second words");

        Assert.Equal("second words", response.ErrorBody);
        Assert.False(invoke.IsCompleted); // the reset still gives the processes their time
    }

    [Fact, Trait("Spec", "ENV-029"), Trait("Spec", "ENV-031")]
    public async Task After_a_timeout_starts_everyone_again_and_they_must_register_again()
    {
        var stage = new Stage(["alpha"]);
        await stage.GoodInit("INVOKE");
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation());
        stage.Advance(3_000);
        await invoke;
        Assert.False(stage.Processes.IsAlive("runtime"));
        var identifier = stage.IdentifierOf("alpha");

        stage.Processes.Log.Clear();
        var invocation = stage.NewInvocation();
        var again = stage.Lifecycle.InvokeAsync(invocation);
        (await stage.Extensions.NextAsync(identifier, CancellationToken.None)).IsRefused(out var refusal, out _);
        Assert.Equal(Refusal.UnknownExtension(identifier), refusal);

        await stage.EveryoneGetsReady("INVOKE");
        await stage.RespondAndNext(invocation);
        _ = stage.ExtensionNext("alpha");
        Assert.True((await again).IsSuccess);
        Assert.Equal(["start alpha", "start runtime"], stage.Processes.Log);
    }

    [Fact]
    public async Task After_a_failed_init_stops_the_old_processes_first()
    {
        var stage = new Stage();
        await stage.PostInitErrorDuringInit();
        stage.Processes.Log.Clear();
        _ = stage.Lifecycle.InvokeAsync(stage.NewInvocation());
        Assert.Equal(["SIGKILL runtime", "kill all", "start runtime"], stage.Processes.Log);
    }

    [Fact]
    public async Task Is_tried_again_by_every_further_invoke()
    {
        var stage = new Stage();
        await FailInit(stage);
        foreach (var _ in Enumerable.Range(0, 3))
        {
            var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation());
            stage.Processes.Exit("runtime", ProcessExit.WithStatus(1));
            Assert.Equal(ErrorType.RuntimeExitError, Assert.IsType<PhaseOutcome.Failed>(await invoke).ErrorType);
        }

        Assert.Equal(4, stage.Processes.Log.Count(line => line == "start runtime"));
    }

    [Fact]
    public async Task A_call_on_a_connection_of_the_old_generation_cannot_touch_the_new_one()
    {
        var stage = new Stage();
        await stage.GoodInit();
        var old = stage.Runtime;
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation());
        stage.Processes.Exit("runtime", ProcessExit.WithStatus(1));
        await invoke;

        var invocation = stage.NewInvocation();
        var again = stage.Lifecycle.InvokeAsync(invocation);
        _ = old.NextAsync(CancellationToken.None);
        Assert.DoesNotContain(stage.Events.Of<InvokeStart>(), start => start.RequestId == invocation.RequestId);
        Assert.False(again.IsCompleted);
    }

    private static async Task FailInit(Stage stage)
    {
        var init = stage.Lifecycle.InitAsync();
        stage.Processes.Exit("runtime", ProcessExit.WithStatus(1));
        await init;
    }

    private static async Task<InvokeEvent> Soon(Task<Answer<InvokeEvent>> next)
    {
        (await next).IsRefused(out _, out var sent);
        return sent!;
    }

    private static string Describe(PlatformEvent happened) => happened switch
    {
        InitStart start => $"InitStart {start.Phase}",
        InitRuntimeDone done => $"InitRuntimeDone {done.Phase} {done.Status}",
        InitReport report => $"InitReport {report.Phase} {report.Status}",
        RuntimeDone done => $"RuntimeDone {done.Status}",
        InvokeReport report => $"InvokeReport {report.Status}",
        _ => happened.GetType().Name,
    };
}
