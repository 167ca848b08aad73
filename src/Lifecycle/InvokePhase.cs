using Thaw.Contracts;
using Thaw.Lifecycle.Calls;
using Thaw.Lifecycle.Participants;
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
    private readonly InvokeTimes times = new(world.Time);

    public async Task<PhaseOutcome> RunAsync()
    {
        using var limit = world.Limit(deadline);
        world.Emit(new PhaseStarted(Phase.Invoke, Suppressed: false, invocation.RequestId, invocation.InvocationId));

        // The clock already runs: a suppressed init uses up the handler's time; spec 1.4.
        var init = await lifecycle.EnsureInitializedAsync(limit);
        var running = new RunningInvocation(invocation, deadline, lifecycle.Current, times);
        world.Emit(new InvokeStart(invocation.RequestId, world.Settings.Function.Version, invocation.Origin));

        var runtimeDone = init.IsSuccess ? await WithinAsync(running, limit, RunHandlerAsync) : init;
        times.RuntimeDone();
        world.Emit(RuntimeDone(runtimeDone));

        var outcome = runtimeDone.IsSuccess ? await WithinAsync(running, limit, AwaitExtensionsAsync) : runtimeDone;
        var metrics = lifecycle.Measure(times.SinceDispatch);
        running.Generation.Runtime.Forget(running);
        if (!outcome.IsSuccess)
        {
            running.FailWith(() => ErrorOf(outcome, running.Generation));
            await lifecycle.ResetAsync(outcome.ShutdownReason);
        }

        world.Emit(Report(outcome, metrics, hasExtensions: running.Generation.Extensions.Count > 0));
        world.Emit(new PhaseEnded(Phase.Invoke, outcome.Status, outcome.FatalType));
        return outcome;
    }

    private async Task RunHandlerAsync(RunningInvocation running, CancellationToken stop)
    {
        times.EventSent();
        foreach (var extension in Subscribed(running))
            extension.Send(new ExtensionEvent.Invoke(world.NewId(), deadline.At, invocation));
        running.Generation.Runtime.Send(running);

        await running.Answered.WaitAsync(stop);
        await running.Generation.Runtime.Ready.WaitAsync(stop);
    }

    private static async Task AwaitExtensionsAsync(RunningInvocation running, CancellationToken stop)
    {
        foreach (var extension in Subscribed(running))
            await extension.Ready.WaitAsync(stop);
    }

    private static IEnumerable<Extension> Subscribed(RunningInvocation running) =>
        running.Generation.Extensions.Where(extension => extension.WantsInvoke);

    private static Task<PhaseOutcome> WithinAsync(
        RunningInvocation running, TimeLimit limit, Func<RunningInvocation, CancellationToken, Task> story) =>
        running.Generation.WithinAsync(limit, stop => story(running, stop));

    /// <summary>The caller gets, in this order: what the runtime posted to init/error, or a generated body; spec 1.4, 1.7.</summary>
    private InvocationError ErrorOf(PhaseOutcome outcome, Generation generation)
    {
        var posted = generation.IsInitialized || outcome is PhaseOutcome.TimedOut ? null : lifecycle.PostedInitError;
        return posted ?? GeneratedError.For(outcome, invocation.RequestId, world.Settings.Function.Timeout);
    }

    private RuntimeDone RuntimeDone(PhaseOutcome outcome) => new(
        invocation.RequestId, outcome.Status, outcome.FatalType, times.RuntimeDuration, times.ProducedBytes, times.RuntimeSpans())
    {
        Origin = invocation.Origin,
    };

    private InvokeReport Report(PhaseOutcome outcome, InvokeMetrics metrics, bool hasExtensions) => new(
        invocation.RequestId, outcome.Status, outcome.FatalType, metrics, times.ReportSpans(hasExtensions))
    {
        Origin = invocation.Origin,
    };
}
