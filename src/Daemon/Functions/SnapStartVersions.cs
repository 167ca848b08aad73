using Thaw.Contracts;
using Thaw.Daemon.Metrics;
using Thaw.Environments;
using Thaw.Environments.Snapshots;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.Functions;

/// <summary>
/// What becomes of versions with SnapStart after they were made; spec 7.1, (service) 4.4.
///
///   OptimizationStatus   On as soon as they are restored from a snapshot, Off when there is none and none can be taken
///   State                Active --nobody invokes it for 14 days--> Inactive --an invoke--> Pending, and the deployer takes a snapshot
///
/// Invokes know nothing of it: now and then it looks at what they have counted, and writes that down once a day.
/// </summary>
internal sealed class SnapStartVersions : IAsyncDisposable
{
    /// <summary>The reason code of a version that is being brought back.</summary>
    public const string Restoring = "Restoring";

    private static readonly TimeSpan Often = TimeSpan.FromMinutes(10), Day = TimeSpan.FromDays(1);

    private readonly Dictionary<VersionId, long> counted = [];
    private readonly CancellationTokenSource ending = new();
    private readonly IStore store;
    private readonly DeploymentPlans plans;
    private readonly IVersionSnapshots snapshots;
    private readonly LambdaMetrics metrics;
    private readonly Action<VersionId> endEnvironments;
    private readonly TimeProvider time;
    private readonly Func<string> newRevision;
    private readonly Action<string> notice;
    private readonly Lock gate = new();
    private readonly Dictionary<VersionId, Task> noting = [];
    private Task running = Task.CompletedTask;

    /// <param name="endEnvironments">Ends those of a version, when their work is done.</param>
    public SnapStartVersions(
        IStore store,
        DeploymentPlans plans,
        IVersionSnapshots snapshots,
        LambdaMetrics metrics,
        Action<VersionId> endEnvironments,
        TimeProvider time,
        Func<string> newRevision,
        Action<string> notice)
    {
        (this.store, this.plans, this.snapshots, this.metrics) = (store, plans, snapshots, metrics);
        (this.endEnvironments, this.time, this.newRevision, this.notice) = (endEnvironments, time, newRevision, notice);
        snapshots.TurnedOut += Note;
    }

    public void Start() => running = Task.Run(RunAsync);

    /// <summary>Somebody wants a version that sleeps: another snapshot is taken of it. Does nothing to others.</summary>
    public Task WakeAsync(VersionId version) => ChangeAsync(version, now => now.State == "Inactive"
        ? now with { State = "Pending", StateReason = "The function is being restored.", StateReasonCode = Restoring }
        : null);

    /// <summary>Writes down who was invoked since the last look, and sends those to sleep that nobody has invoked for long.</summary>
    public async Task LookAsync()
    {
        foreach (var version in snapshots.All ?? [])
        {
            var isUsed = IsUsedSinceLastLook(version);
            var (now, record) = (time.GetUtcNow(), await FindAsync(version));
            if (record is not { State: "Active", WantsSnapshot: true })
                continue;
            if (record.UsedUntil is not { } until || (isUsed && now > until))
                await PutAsync(version, latest => latest with { UsedUntil = now + Day });
            else if (!isUsed && now - until >= Limits.SnapshotUnused)
                await SendToSleepAsync(version, until);
        }
    }

    /// <summary>Looks for versions that could be restored on this machine as it was, and cannot as it is.</summary>
    public async Task CompareWithMachineAsync()
    {
        if (snapshots.All is null)
            return;
        foreach (var version in await OptimizedAsync())
        {
            ending.Token.ThrowIfCancellationRequested();
            if (await WhyNotAsync(version) is null)
                continue;
            var id = new VersionId(version.Function, version.Version);
            await ChangeAsync(id, now => now.IsOptimized ? now with { IsOptimized = false } : null);
        }
    }

    public async ValueTask DisposeAsync()
    {
        snapshots.TurnedOut -= Note;
        await ending.CancelAsync();
        await running;
        await Task.WhenAll(noting.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ending.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Often, time);
            await OrNoticeAsync(CompareWithMachineAsync);
            do
                await OrNoticeAsync(LookAsync);
            while (await timer.WaitForNextTickAsync(ending.Token));
        }
        catch (OperationCanceledException)
        {
            // What was counted since the last look is seen to now, or lost.
            await OrNoticeAsync(LookAsync);
        }
    }

    private async Task OrNoticeAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (failure is StoreException or IOException or UnauthorizedAccessException)
        {
            notice($"whether versions with SnapStart are in use could not be looked at: {failure.Message}");
        }
    }

    private bool IsUsedSinceLastLook(VersionId version)
    {
        var now = metrics.NowOf(version);
        var (invocations, before) = (now.Duration.Count, counted.GetValueOrDefault(version));
        counted[version] = invocations;
        return invocations != before || now.Concurrent > 0;
    }

    private Task<VersionRecord?> FindAsync(VersionId version) =>
        store.ReadAsync(view => view.Find(Tables.Versions, Tables.VersionKey(version.Function, version.Version)));

    private Task<VersionRecord[]> OptimizedAsync() => store.ReadAsync(view => view.List(Tables.Functions, "")
        .SelectMany(function => view.List(Tables.Versions, function.Name))
        .Where(version => version is { State: "Active", WantsSnapshot: true, IsOptimized: true })
        .ToArray());

    private async Task<string?> WhyNotAsync(VersionRecord version)
    {
        try
        {
            return await snapshots.WhyNotAsync(
                await plans.MakeAsync(version.Function, version.Version, version.Deployment, version.Change));
        }
        catch (Exception unusable) when (unusable is Store.Archive.UnusableCodeException or UnusableFunctionException)
        {
            return unusable.Message;
        }
    }

    private async Task SendToSleepAsync(VersionId version, DateTimeOffset usedUntil)
    {
        var sleeps = await ChangeAsync(version, now => now.State == "Active" && now.UsedUntil == usedUntil
            ? now with { State = "Inactive", StateReason = "The function is idle.", StateReasonCode = "Idle" }
            : null);
        if (!sleeps)
            return;
        endEnvironments(version);
        await snapshots.ForgetAsync(version);
    }

    // Environments wait for nobody who writes, and what is noted last is what happened last.
    private void Note(VersionId version, bool isRestored)
    {
        lock (gate)
        {
            var before = noting.GetValueOrDefault(version, Task.CompletedTask);
            foreach (var (done, _) in noting.Where(each => each.Value.IsCompleted))
                noting.Remove(done);
            noting[version] = Task.Run(() => NoteAfterAsync(before));
        }

        async Task NoteAfterAsync(Task before)
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await OrNoticeAsync(() => NoteAsync(version, isRestored));
        }
    }

    private async Task NoteAsync(VersionId version, bool isRestored)
    {
        await ChangeAsync(
            version, now => now.State == "Active" && now.IsOptimized != isRestored ? now with { IsOptimized = isRestored } : null);

        // An environment that was made just before wanted it, and nobody wants it any more.
        if (isRestored && await FindAsync(version) is null or { State: "Inactive" })
            await snapshots.ForgetAsync(version);
    }

    /// <summary>A change that everybody can see.</summary>
    /// <returns>Whether there was one.</returns>
    private Task<bool> ChangeAsync(VersionId version, Func<VersionRecord, VersionRecord?> change) =>
        PutAsync(version, now => change(now) is { } changed ? changed with { RevisionId = newRevision() } : null);

    /// <param name="change">Gives null when there is nothing to change.</param>
    private Task<bool> PutAsync(VersionId version, Func<VersionRecord, VersionRecord?> change) => store.WriteAsync(view =>
    {
        var now = view.Find(Tables.Versions, Tables.VersionKey(version.Function, version.Version));
        var changed = now is null ? null : change(now);
        if (changed is not null)
            view.Put(Tables.Versions, changed);
        return changed is not null;
    });
}
