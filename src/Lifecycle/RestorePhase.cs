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
    private readonly long started = world.Time.GetTimestamp();
    private long? released;

    /// <summary>How long it took, once it has ended.</summary>
    public RestoreTimes Times { get; private set; }

    public async Task<PhaseOutcome> RunAsync(TimeLimit limit)
    {
        world.Emit(new PhaseStarted(Phase.Restore, Suppressed: false, RequestId: null));
        world.Emit(new RestoreStart());

        var restored = await generation.WithinAsync(limit, ResumeRuntimeAsync);
        Times = new RestoreTimes(Since(started), released is { } from ? Since(from) : TimeSpan.Zero);

        // For telemetry an overrun is a timeout as any other; the caller hears that it was the hooks.
        var outcome = restored is PhaseOutcome.TimedOut
            ? generation.Fail(ErrorType.RuntimeRestoreHookUserTimeout, "The after-restore hooks took too long")
            : restored;

        var reported = restored.ReportedTypeIn(Phase.Restore);
        world.Emit(new RestoreRuntimeDone(restored.Status, reported));
        world.Emit(new RestoreReport(restored.Status, reported, Times.Whole) { BilledDuration = Times.Billed });
        world.Emit(new PhaseEnded(Phase.Restore, restored.Status, reported));
        return outcome;
    }

    private async Task ResumeRuntimeAsync(CancellationToken stop)
    {
        if (!generation.Runtime.AwaitsRestore)
            return;
        released = world.Time.GetTimestamp();
        generation.Runtime.Restore();
        await generation.Runtime.Ready.WaitAsync(stop);
    }

    private TimeSpan Since(long timestamp) => world.Time.GetElapsedTime(timestamp);
}
