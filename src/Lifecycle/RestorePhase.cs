using Thaw.Contracts;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle;

/// <summary>
/// The phase tells the runtime that it was restored and waits until its after-restore hooks have run and it asks for an event.
/// A runtime that never called restore/next has no hooks, so there is nothing to wait for; spec 1.10.
///
///   snapshot |restored|--everyone parked as before|
///   runtime                          restore/next |--restored--> after-restore hooks --next|
///            restoreStart                                             restoreRuntimeDone restoreReport
/// </summary>
/// <param name="snapshot">What came back; null when the processes of Init go on, and are parked already.</param>
internal sealed class RestorePhase(LifecycleWorld world, Generation generation, IRestoredProcesses? snapshot)
{
    private readonly TimeSpan took = snapshot?.Took ?? TimeSpan.Zero;
    private readonly long began = world.Time.GetTimestamp();
    private long? released;

    /// <summary>How long it took, once it has ended.</summary>
    public RestoreTimes Times { get; private set; }

    /// <summary>What is left of the time that all of it may take; bringing back the memory counts.</summary>
    public TimeSpan Left(TimeSpan whole) => whole > took ? whole - took : TimeSpan.Zero;

    public async Task<PhaseOutcome> RunAsync(TimeLimit limit)
    {
        var startedAt = world.Time.GetUtcNow() - took;
        world.Emit(new PhaseStarted(Phase.Restore, Suppressed: false, RequestId: null), startedAt);
        world.Emit(new RestoreStart(), startedAt);

        var restored = await generation.WithinAsync(limit, RestoreAsync);
        Times = new RestoreTimes(took + Since(began), released is { } from ? Since(from) : TimeSpan.Zero);

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

    private async Task RestoreAsync(CancellationToken stop)
    {
        if (snapshot is not null)
        {
            generation.Resume(snapshot);
            await generation.Runtime.Ready.WaitAsync(stop);
            foreach (var extension in generation.Extensions)
                await extension.Ready.WaitAsync(stop);
        }

        if (!generation.Runtime.AwaitsRestore)
            return;
        released = world.Time.GetTimestamp();
        generation.Runtime.Restore();
        await generation.Runtime.Ready.WaitAsync(stop);
    }

    private TimeSpan Since(long timestamp) => world.Time.GetElapsedTime(timestamp);
}
