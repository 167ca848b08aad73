using Thaw.Contracts;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle;

/// <summary>
/// The phase tells the runtime that it was restored and waits until its after-restore hooks have run and it asks for an event.
/// A runtime that never called restore/next has no hooks, so there is nothing to wait for; spec 1.10.
///
///   runtime  restore/next (parked) --restored--> after-restore hooks --next|
///            restoreStart                             restoreRuntimeDone restoreReport
/// </summary>
internal sealed class RestorePhase(LifecycleWorld world, Generation generation)
{
    public async Task<PhaseOutcome> RunAsync(TimeLimit limit)
    {
        var started = world.Time.GetTimestamp();
        world.Emit(new PhaseStarted(Phase.Restore, Suppressed: false, RequestId: null));
        world.Emit(new RestoreStart());

        var outcome = await generation.WithinAsync(limit, ResumeRuntimeAsync);
        if (outcome is PhaseOutcome.TimedOut)
            outcome = generation.Fail(ErrorType.RuntimeRestoreHookUserTimeout, "The after-restore hooks took too long");

        world.Emit(new RestoreRuntimeDone(outcome.Status, outcome.FatalType));
        world.Emit(new RestoreReport(outcome.Status, outcome.FatalType, world.Time.GetElapsedTime(started)));
        world.Emit(new PhaseEnded(Phase.Restore, outcome.Status, outcome.FatalType));
        return outcome;
    }

    private async Task ResumeRuntimeAsync(CancellationToken stop)
    {
        if (!generation.Runtime.AwaitsRestore)
            return;
        generation.Runtime.Restore();
        await generation.Runtime.Ready.WaitAsync(stop);
    }
}
