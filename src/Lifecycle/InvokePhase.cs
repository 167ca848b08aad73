using Thaw.Contracts;
using Thaw.Lifecycle.Calls;
using Thaw.Lifecycle.Participants;
using Thaw.Lifecycle.Protocols;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle;

/// <summary>
/// The phase sends the event to the runtime and to every extension that wants it, waits for the runtime's response, and ends when
/// all of them have asked for the next event. The caller has its answer before that; spec 1.5.
///
///   extension  event ---------------------------------------- next|
///   runtime    event ---- handler ---- response ---- next|
///   caller                             answered
///              start                              runtimeDone   report
/// </summary>
internal sealed class InvokePhase(EnvironmentLifecycle lifecycle, LifecycleWorld world, Invocation invocation)
{
    private readonly Deadline deadline = world.DeadlineAfter(world.Settings.Function.Timeout);
    private readonly Signal responded = new();
    private readonly InvokeTimes times = new(world.Time);
    private Generation? generation;
    private bool badResponseMode;

    public Invocation Invocation => invocation;

    public InvokeEvent Event => new(invocation, deadline.At);

    public RuntimeState State { get; private set; } = RuntimeState.Running;

    public async Task<PhaseOutcome> RunAsync()
    {
        using var limit = world.Limit(deadline);
        world.Events.Emit(new PhaseStarted(Phase.Invoke, Suppressed: false, invocation.RequestId) { Time = Now });

        // The clock already runs: a suppressed init uses up the handler's time; spec 1.4.
        var init = await lifecycle.EnsureInitializedAsync(limit);
        generation = lifecycle.Current;
        world.Events.Emit(new InvokeStart(invocation.RequestId, world.Settings.Function.Version, invocation.TraceId) { Time = Now });

        var runtimeDone = init.IsSuccess ? await generation.WithinAsync(limit, RunHandlerAsync) : init;
        times.RuntimeDone();
        world.Events.Emit(RuntimeDone(runtimeDone));

        var outcome = runtimeDone.IsSuccess ? await generation.WithinAsync(limit, AwaitExtensionsAsync) : runtimeDone;
        var metrics = lifecycle.Measure(times.SinceDispatch);
        generation.Runtime.Forget(this);
        if (!outcome.IsSuccess)
        {
            AnswerWith(outcome);
            await lifecycle.ResetAsync(outcome.ShutdownReason);
        }

        world.Events.Emit(Report(outcome, metrics));
        world.Events.Emit(new PhaseEnded(Phase.Invoke, outcome.Status, outcome.FatalType) { Time = Now });
        return outcome;
    }

    private DateTimeOffset Now => world.Time.GetUtcNow();

    private IEnumerable<Extension> Subscribed => generation!.Extensions.Where(extension => extension.WantsInvoke);

    private async Task RunHandlerAsync(CancellationToken stop)
    {
        times.EventSent();
        foreach (var extension in Subscribed)
            extension.Send(new ExtensionEvent.Invoke(world.NewId(), deadline.At, invocation));
        generation!.Runtime.Send(this);

        await responded.WaitAsync(stop);
        await generation.Runtime.Ready.WaitAsync(stop);
    }

    private async Task AwaitExtensionsAsync(CancellationToken stop)
    {
        foreach (var extension in Subscribed)
            await extension.Ready.WaitAsync(stop);
    }

    // --- the runtime answers -------------------------------------------------------------------------------------------------

    /// <summary>The head of a response or an error has arrived.</summary>
    public Refusal? Begin(RuntimeMove move)
    {
        if (RuntimeProtocol.After(State, move) is not { } after)
            return Refusal.RuntimeTransition(State, RuntimeProtocol.Target(move));
        State = after;
        times.FirstByte();
        return null;
    }

    /// <summary>The response mode is a word we do not know. The state stays, and the next call of Next ends the invoke; spec 2.4.</summary>
    public void RefuseResponseMode() => badResponseMode = true;

    /// <summary>The answer has been read to its end; what was posted is the caller's now, unless the time was up first.</summary>
    public Refusal? End(long producedBytes)
    {
        if (responded.IsGiven || generation is not { IsStopping: false })
            return Refusal.InvalidRequestId;
        State = RuntimeProtocol.After(State, RuntimeMove.Sent)!.Value;
        times.LastByte(producedBytes);
        generation.Runtime.Responded();
        responded.Give();
        return null;
    }

    public void OnNextRefused()
    {
        if (badResponseMode)
            generation!.Fail(ErrorType.RuntimeInvalidResponseModeHeader, "Invalid function response mode");
    }

    // --- what is told ----------------------------------------------------------------------------------------------------------

    /// <summary>The caller gets, in this order: what the runtime posted to init/error, or a generated body; spec 1.4, 1.7.</summary>
    private void AnswerWith(PhaseOutcome outcome)
    {
        if (responded.IsGiven)
            return;
        responded.Give();
        var posted = generation!.IsInitialized || outcome is PhaseOutcome.TimedOut ? null : lifecycle.PostedInitError;
        invocation.Response.Fail(posted ?? GeneratedError.For(outcome, invocation.RequestId, world.Settings.Function.Timeout));
    }

    private RuntimeDone RuntimeDone(PhaseOutcome outcome) => new(
        invocation.RequestId, outcome.Status, outcome.FatalType, times.RuntimeDuration, times.ProducedBytes, times.RuntimeSpans())
    {
        Time = Now,
    };

    private InvokeReport Report(PhaseOutcome outcome, InvokeMetrics metrics) => new(
        invocation.RequestId, outcome.Status, outcome.FatalType, metrics, times.ReportSpans(generation!.Extensions.Count > 0))
    {
        Time = Now,
    };
}
