using Thaw.Contracts;
using Thaw.Lifecycle.Calls;
using Thaw.Lifecycle.Participants;

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
    private readonly InvokeTimes times = new(world.Time, world.DeadlineAfter(world.Settings.Function.Timeout));

    /// <summary>Begins within the lifecycle's scheduler, and ends outside.</summary>
    public async Task<PhaseOutcome> RunAsync()
    {
        PhaseOutcome outcome;
        using (var limit = world.Limit(times.Deadline))
        {
            world.Emit(PhaseStarted(), times.DispatchedAt);

            // The clock already runs: a suppressed init uses up the handler's time; spec 1.4.
            var init = await lifecycle.EnsureInitializedAsync(limit);
            var running = new RunningInvocation(invocation, times.Deadline, lifecycle.Current, times);
            world.Emit(new InvokeStart(invocation.RequestId, world.Settings.Function.Version, invocation.Origin), times.Now);

            var handled = init.IsSuccess ? await running.Generation.WithinAsync(limit, stop => RunHandlerAsync(running, stop)) : init;
            var doneAt = times.RuntimeDone();
            EmitFault(handled, doneAt);
            world.Emit(RuntimeDone(running, handled), doneAt);

            outcome = !handled.IsSuccess ? handled
                : HasSubscribed(running) ? await running.Generation.WithinAsync(limit, stop => AwaitExtensionsAsync(running, stop))
                : running.Generation.SoFar;
            var endedAt = times.Ended();
            if (handled.IsSuccess)
                EmitFault(outcome, endedAt);
            var metrics = lifecycle.Measure(times.SinceDispatch);
            running.Generation.Runtime.Forget(running);
            if (!outcome.IsSuccess)
            {
                running.FailWith(lifecycle, outcome);
                await lifecycle.ResetAsync(outcome.ShutdownReason);
                endedAt = times.Now;
            }

            world.Emit(Report(outcome, metrics, hasExtensions: running.Generation.HasExtensions), endedAt);
            world.Emit(new PhaseEnded(Phase.Invoke, outcome.Status, outcome.ReportedTypeIn(Phase.Invoke)), endedAt);
        }

        await world.Scheduler.Outside();
        return outcome;
    }

    private Task RunHandlerAsync(RunningInvocation running, CancellationToken stop)
    {
        times.EventSent();
        if (running.Generation.HasExtensions)
            SendToExtensions(running);
        running.Generation.Runtime.Send(running);

        // It can ask for the next event only when it has answered this one.
        return running.Generation.Runtime.Ready.WaitAsync(stop);
    }

    private void SendToExtensions(RunningInvocation running)
    {
        foreach (var extension in Subscribed(running))
            extension.Send(new ExtensionEvent.Invoke(world.NewId(), times.Deadline.At, invocation));
    }

    private static async Task AwaitExtensionsAsync(RunningInvocation running, CancellationToken stop)
    {
        foreach (var extension in Subscribed(running))
            await extension.Ready.WaitAsync(stop);
    }

    private static IEnumerable<Extension> Subscribed(RunningInvocation running) =>
        running.Generation.Extensions.Where(extension => extension.WantsInvoke);

    private static bool HasSubscribed(RunningInvocation running) => running.Generation.HasExtensions && Subscribed(running).Any();

    /// <summary>In the words of the caller's body, which the old logs have too; spec 5.1.</summary>
    private void EmitFault(PhaseOutcome outcome, DateTimeOffset at)
    {
        var timeout = world.Settings.Function.Timeout;
        if (outcome is PhaseOutcome.Failed failed)
            world.Emit(new InvokeFault(invocation.RequestId, failed.Reason, failed.ErrorType, Timeout: null), at);
        else if (outcome is PhaseOutcome.TimedOut)
            world.Emit(new InvokeFault(invocation.RequestId, GeneratedError.TimedOut(timeout), ErrorType: null, timeout), at);
    }

    private PhaseStarted PhaseStarted() => new(Phase.Invoke, Suppressed: false, invocation.RequestId, invocation.InvocationId)
    {
        ReceivedAt = invocation.ReceivedAt,
    };

    private RuntimeDone RuntimeDone(RunningInvocation running, PhaseOutcome outcome) => new(
        invocation.RequestId,
        outcome.Status,
        outcome.ReportedTypeIn(Phase.Invoke),
        times.RuntimeDuration,
        times.ProducedBytes,
        times.RuntimeSpans(askedForNext: outcome.IsSuccess))
    {
        Origin = invocation.Origin,
        FunctionError = running.FunctionError,
    };

    private InvokeReport Report(PhaseOutcome outcome, InvokeMetrics metrics, bool hasExtensions) => new(
        invocation.RequestId,
        outcome.Status,
        outcome.ReportedTypeIn(Phase.Invoke),
        metrics,
        times.ReportSpans(askedForNext: hasExtensions && outcome.IsSuccess))
    {
        Origin = invocation.Origin,
    };
}
