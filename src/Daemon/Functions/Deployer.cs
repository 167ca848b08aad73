using Thaw.Environments;
using Thaw.Environments.Snapshots;
using Thaw.Store;
using Thaw.Store.Archive;
using Thaw.Store.Records;

namespace Thaw.Daemon.Functions;

/// <summary>
/// Makes good what operations have left to do: unpacks, looks for the runtime, takes the snapshot that SnapStart wants, and says how it
/// went; spec (service) 4.4.
///
///   Pending    --> Active, or Failed; or Inactive, if it was that before
///   InProgress --> Successful, or Failed: then what was before runs on
///
/// It looks at each function that has changed, and at all of them when the daemon starts: the last one may have died in between.
/// </summary>
internal sealed class Deployer : IAsyncDisposable
{
    private const string NoRuntime = "InvalidRuntime";

    private readonly HashSet<(string Function, string Version, long Change)> aside = [];
    private readonly CancellationTokenSource ending = new();
    private readonly ChangedFunctions changed;
    private readonly IStore store;
    private readonly DeploymentPlans plans;
    private readonly IVersionSnapshots snapshots;
    private readonly TimeProvider time;
    private readonly Func<string> newRevision;
    private readonly Action<string> notice;
    private Task running = Task.CompletedTask;

    public Deployer(
        IStore store,
        DeploymentPlans plans,
        IVersionSnapshots snapshots,
        TimeProvider time,
        Func<string> newRevision,
        Action<string> notice)
    {
        (this.store, this.plans, this.snapshots) = (store, plans, snapshots);
        (this.time, this.newRevision, this.notice) = (time, newRevision, notice);
        changed = new ChangedFunctions(store, time, notice);
    }

    public void Start() => running = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        changed.Dispose();
        await ending.CancelAsync();
        await running;
        ending.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await changed.ForEachAsync(
                version => IsWaiting(version, alsoFailed: true), function => DeployAsync(function, alsoFailed: true), ending.Token);
            await changed.ForEachAsync(function => DeployAsync(function, alsoFailed: false), ending.Token);
        }
        catch (OperationCanceledException)
        {
            // What is left to do is found again by the next start.
        }
    }

    /// <param name="alsoFailed">Those without a runtime are tried again: the machine may have one by now.</param>
    private static bool IsWaiting(VersionRecord version, bool alsoFailed) =>
        version.State == "Pending" || version.LastUpdateStatus == "InProgress"
        || (alsoFailed && version is { State: "Failed", StateReasonCode: NoRuntime });

    private async Task DeployAsync(string function, bool alsoFailed)
    {
        var waiting = await store.ReadAsync(view => view.List(Tables.Versions, function)
            .Where(version => IsWaiting(version, alsoFailed))
            .ToArray());
        foreach (var version in waiting)
        {
            ending.Token.ThrowIfCancellationRequested();
            if (version.Deployment.Code.ImageUri is null && !version.WantsSnapshot)
                await FinishAsync(version);
            else
                _ = FinishAsideAsync(version);
        }
    }

    // An image or an Init may take minutes, and others are not to wait for it. When the daemon ends meanwhile, the next one begins again.
    private async Task FinishAsideAsync(VersionRecord version)
    {
        var key = (version.Function, version.Version, version.Change);
        lock (aside)
        {
            if (!aside.Add(key))
                return;
        }

        try
        {
            await FinishAsync(version);
        }
        catch (StoreException failure) when (!ending.IsCancellationRequested)
        {
            notice(failure.Message);
            _ = changed.AddLaterAsync(version.Function);
        }
        catch (OperationCanceledException) when (!ending.IsCancellationRequested)
        {
            // Nobody wanted its snapshot for a moment: it is no more, or has become idle. If it has not, it is to be taken.
            _ = changed.AddLaterAsync(version.Function);
        }
        catch (Exception failure) when (failure is StoreException or ObjectDisposedException or OperationCanceledException)
        {
            // The daemon ends.
        }
        finally
        {
            lock (aside)
                aside.Remove(key);
        }
    }

    private async Task FinishAsync(VersionRecord version)
    {
        var (fault, isOptimized) = await TryMakeAsync(version);
        ending.Token.ThrowIfCancellationRequested();
        var isGone = await store.WriteAsync(view =>
        {
            var now = view.Find(Tables.Versions, Tables.VersionKey(version.Function, version.Version));
            if (now?.Change != version.Change)
                return now is null;
            var made = fault is { } found ? Failed(now, found.Reason, found.Code) : Good(now) with { IsOptimized = isOptimized };
            view.Put(Tables.Versions, made);
            return false;
        });

        // It was deleted just before its snapshot was begun.
        if (isGone && isOptimized)
            await snapshots.ForgetAsync(new VersionId(version.Function, version.Version));
    }

    private async Task<((string Reason, string Code)? Fault, bool IsOptimized)> TryMakeAsync(VersionRecord version)
    {
        try
        {
            var plan = await plans.MakeAsync(version.Function, version.Version, version.Deployment, version.Change);
            if (!version.WantsSnapshot)
                return (null, false);
            await snapshots.TakeAsync(plan);
            return (null, true);
        }
        catch (UnusableCodeException unusable)
        {
            return ((unusable.Message, unusable.ReasonCode), false);
        }
        catch (UnusableFunctionException unusable)
        {
            return ((unusable.Message, NoRuntime), false);
        }
        catch (SnapshotFailedException failure)
        {
            return ((failure.Message, failure.ReasonCode), false);
        }
        catch (SnapshotImpossibleException impossible)
        {
            notice($"{version.Function}:{version.Version} is initialised as other functions are, without a snapshot: "
                + impossible.Message);
            return (null, false);
        }
        catch (Exception fault) when (fault is not (StoreException or OperationCanceledException or ObjectDisposedException))
        {
            // A fault of ours: nobody is to wait for ever, or to go without deployments, for what one function has met.
            return (($"Thaw cannot deploy this: {fault.Message}", "InternalError"), false);
        }
    }

    private VersionRecord Good(VersionRecord version) => version with
    {
        RevisionId = newRevision(),
        State = "Active",
        StateReason = null,
        StateReasonCode = null,
        LastUpdateStatus = "Successful",
        LastUpdateStatusReason = null,
        LastUpdateStatusReasonCode = null,
        Previous = null,
        PreviousChange = null,
        UsedUntil = version.WantsSnapshot ? time.GetUtcNow() : null,
    };

    private VersionRecord Failed(VersionRecord version, string reason, string code) => version.State == "Active"
        ? version with
        {
            RevisionId = newRevision(),
            LastUpdateStatus = "Failed",
            LastUpdateStatusReason = reason,
            LastUpdateStatusReasonCode = code,
        }
        : version with
        {
            RevisionId = newRevision(),

            // The next invoke tries again what worked once.
            State = version.StateReasonCode == SnapStartVersions.Restoring ? "Inactive" : "Failed",
            StateReason = reason,
            StateReasonCode = code,
            IsOptimized = false,
        };
}
