using System.Collections.Concurrent;
using Thaw.Contracts;
using Thaw.Lifecycle;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.Environments.Snapshots;

/// <summary>
/// The snapshots of published versions; spec 7.1. Publishing takes one; each environment of the version is restored from it. One that is
/// lost, damaged, or of other circumstances (another kernel, another runtime) is taken anew behind the first environment that finds that
/// out, which is initialised like any other.
/// </summary>
/// <param name="folder">Where they lie; absolute.</param>
/// <param name="maxBytes">What they may have there together: those longest unused go, and are taken anew if they are wanted again.</param>
/// <param name="newOriginal">Makes an environment that a snapshot can be taken of.</param>
/// <param name="snapshotter">What they are taken with.</param>
/// <param name="notice">Hears what whoever runs the daemon should know.</param>
/// <param name="memory">
/// Sets memory aside for an original, as soon as there is some, until what comes back is disposed of, which is null when there will never
/// be enough. Null where nobody counts it.
/// </param>
public sealed class VersionSnapshots(
    string folder,
    long maxBytes,
    Func<EnvironmentPlan, Task<ExecutionEnvironment>> newOriginal,
    Func<EnvironmentPlan, Task<Snapshotter>> snapshotter,
    TimeProvider time,
    Action<string> notice,
    Func<EnvironmentPlan, CancellationToken, Task<IDisposable?>>? memory = null) : IVersionSnapshots, IAsyncDisposable
{
    /// <summary>A process that is just about to be parked is so after a moment.</summary>
    private const int Tries = 5;

    /// <summary>Originals. Many an Init waits for something, so that there are more than processors; dumps wait for each other.</summary>
    private static readonly int AtOnce = 4 * Environment.ProcessorCount;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private readonly SnapshotShelf shelf = new(folder, time);
    private readonly ConcurrentDictionary<VersionId, Lazy<Task<SharedSnapshot?>>> open = new();
    private readonly ConcurrentDictionary<VersionId, Lazy<Task>> takes = new();
    private readonly Retakes retakes = new(time);
    private readonly Dictionary<VersionId, CancellationTokenSource> wanted = [];
    private readonly SemaphoreSlim room = new(AtOnce);
    private readonly CancellationTokenSource ending = new();

    public event Action<VersionId, bool>? TurnedOut;

    public IReadOnlyList<VersionId>? All => Directory.Exists(folder) ? shelf.All() : null;

    public async Task<string?> WhyNotAsync(EnvironmentPlan plan)
    {
        try
        {
            await snapshotter(plan);
            return null;
        }
        catch (SandboxException impossible)
        {
            return impossible.Message;
        }
    }

    /// <summary>What they take up on disk together, in bytes.</summary>
    public long Bytes => shelf.Bytes();

    public async Task TakeAsync(EnvironmentPlan plan)
    {
        if (await WhyNotAsync(plan) is { } reason)
            throw new SnapshotImpossibleException(reason);
        var unwanted = UntilUnwanted(plan.Version);
        await room.WaitAsync(unwanted);
        try
        {
            using var setAside = memory is null ? null : await memory(plan, unwanted) ?? throw new SnapshotImpossibleException(
                $"its {plan.Function.MemoryMegabytes} MB are more than all environments may have together (fix: --memory allows more)");

            // Who gives memory back may be on a thread that serves sockets.
            await Task.Yield();
            await using var original = await newOriginal(plan);
            await using var interruption = unwanted.Register(() => original.Interrupt("Nobody wants its snapshot any more"));
            await InitAsync(original);
            await shelf.PutAsync(plan.Version, place => SnapshotAsync(original, place, SnapshotKey.Of(plan), unwanted));
            await original.ShutdownAsync(ShutdownReason.Spindown);
            unwanted.ThrowIfCancellationRequested();
        }
        catch (Exception failure) when (unwanted.IsCancellationRequested || ending.IsCancellationRequested)
        {
            // Whoever forgot the version has removed what was there, which this one was not yet.
            if (!ending.IsCancellationRequested)
                await DiscardAsync(plan.Version);
            throw new OperationCanceledException(failure.Message, failure, unwanted);
        }
        catch (Exception failure) when (failure is SandboxException or IOException or UnauthorizedAccessException)
        {
            throw new SnapshotFailedException($"The snapshot could not be taken: {failure.Message}", failure);
        }
        finally
        {
            room.Release();
        }

        await CloseAsync(plan.Version);
        while (shelf.Bytes() > maxBytes && shelf.LongestUnused(butFor: plan.Version) is { } unused)
            await DiscardAsync(unused);

        // Now, so that the first caller does not wait until all of it has been read through.
        await OpenedAsync(plan);
    }

    /// <summary>To restore from; whoever has it disposes of it. Null when there is none, and then one is being taken.</summary>
    public async Task<SharedSnapshot.Use?> FindAsync(EnvironmentPlan plan)
    {
        var found = await OpenedAsync(plan);
        if (found?.TryUse() is { } use)
        {
            shelf.NoteUse(plan.Version);
            return use;
        }

        if (!ending.IsCancellationRequested && retakes.MayBegin(plan.Version))
            _ = takes.GetOrAdd(plan.Version, _ => new(() => TakeAgainAsync(plan))).Value;
        return null;
    }

    public async Task ForgetAsync(VersionId version)
    {
        await Task.Yield();
        CancellationTokenSource? until;
        lock (wanted)
            wanted.Remove(version, out until);
        await (until?.CancelAsync() ?? Task.CompletedTask);
        until?.Dispose();
        takes.TryRemove(version, out _);
        retakes.Forget(version);
        await DiscardAsync(version);
    }

    /// <summary>A clone was made of it.</summary>
    public void Restored(VersionId version, SharedSnapshot.Use use)
    {
        use.HasRestored();
        retakes.Forget(version);
    }

    /// <summary>
    /// No clone could be made. Of a snapshot that is of no use another is taken. The machine may also have been short of something for a
    /// moment: then it stays, until that has happened a few times running.
    /// </summary>
    public async Task NotRestoredAsync(VersionId version, SharedSnapshot.Use use, bool isOfUse)
    {
        if (isOfUse && !use.HasFailed())
            return;

        // Another may have come into its place meanwhile.
        if (!open.TryGetValue(version, out var now) || await now.Value is not { } shared || !use.IsOf(shared))
            return;
        if (isOfUse)
            retakes.CameToNothing(version);
        await DiscardAsync(version);
        TurnedOut?.Invoke(version, false);
    }

    // Of no use, or there is no room for it: the next environment is initialised, and another snapshot is taken behind it.
    private async Task DiscardAsync(VersionId version)
    {
        await CloseAsync(version);
        try
        {
            shelf.Remove(version);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            notice($"the snapshot of {version.Function}:{version.Version} could not be removed: {failure.Message}");
        }
    }

    /// <summary>
    /// Removes what nobody wants, and what daemons that died have left unfinished, and sets the user ids of the others aside. Before
    /// anything is taken.
    /// </summary>
    public void Sweep(Func<VersionId, bool> isWanted) => shelf.Sweep(isWanted, notice);

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        for (var i = 0; i < AtOnce; i++)
            await room.WaitAsync();
        await Task.WhenAll(takes.Values.Select(take => take.Value));
        foreach (var version in open.Keys)
            await CloseAsync(version);
        foreach (var until in wanted.Values)
            until.Dispose();
        ending.Dispose();
        room.Dispose();
    }

    private static async Task InitAsync(ExecutionEnvironment original)
    {
        var outcome = await original.InitAsync();
        if (outcome is PhaseOutcome.TimedOut)
        {
            throw new SnapshotFailedException("The function and its before-snapshot hooks did not initialise in time.")
            {
                ReasonCode = "FunctionError.InitTimeout",
            };
        }

        if (outcome is PhaseOutcome.Failed failed)
        {
            throw new SnapshotFailedException($"The function failed to initialise: {failed.ErrorType.Name}: {failed.Reason}")
            {
                ReasonCode = "FunctionError.RuntimeInitError",
            };
        }
    }

    private async Task<SnapshotNotes> SnapshotAsync(ExecutionEnvironment original, string place, string key, CancellationToken unwanted)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await original.SnapshotAsync(place, key, unwanted);
            }
            catch (SnapshotRefusedException busy) when (busy.IsBusy && tries < Tries)
            {
                await Task.Delay(Moment, time, unwanted);
            }
            catch (SnapshotRefusedException refused) when (refused.IsFull)
            {
                throw new SnapshotFailedException(
                    $"The snapshot could not be taken: no room is left on the disk of {folder}. "
                    + "Make some, delete this version, and publish it again.",
                    refused);
            }
            catch (SnapshotRefusedException refused)
            {
                throw new SnapshotFailedException($"The function cannot be snapshotted: {refused.Message}.", refused);
            }
        }
    }

    private Task<SharedSnapshot?> OpenedAsync(EnvironmentPlan plan) => open.GetOrAdd(plan.Version, _ => new(() => OpenAsync(plan))).Value;

    private async Task<SharedSnapshot?> OpenAsync(EnvironmentPlan plan)
    {
        if (!shelf.Has(plan.Version))
            return null;
        try
        {
            var with = await snapshotter(plan);
            var opened = new SharedSnapshot(shelf.Open(plan.Version, SnapshotKey.Of(plan), with));
            TurnedOut?.Invoke(plan.Version, true);
            return opened;
        }
        catch (SnapshotUnusableException unusable)
        {
            notice($"{plan.Function.Name}:{plan.Function.Version} is initialised anew, its snapshot is of no use: {unusable.Message}");
        }
        catch (Exception impossible) when (impossible is SandboxException or IOException or UnauthorizedAccessException)
        {
            notice($"{plan.Function.Name}:{plan.Function.Version} is not restored from its snapshot: {impossible.Message}");
        }

        return null;
    }

    // For one version at a time, and once for each time that it was found wanting.
    private async Task TakeAgainAsync(EnvironmentPlan plan)
    {
        await Task.Yield();
        var isMissing = true;
        try
        {
            await TakeAsync(plan);
            isMissing = false;
        }
        catch (OperationCanceledException)
        {
            isMissing = false; // Nobody wants it.
            return;
        }
        catch (SnapshotImpossibleException)
        {
            // That has been told, and stays so while the daemon lives.
        }
#pragma warning disable CA1031 // Nobody waits for it, and whatever it is, another try may do better.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            notice($"{plan.Function.Name}:{plan.Function.Version} has no snapshot: {failure.Message}");
        }
        finally
        {
            if (isMissing)
                retakes.CameToNothing(plan.Version);
            takes.TryRemove(plan.Version, out _);
        }

        TurnedOut?.Invoke(plan.Version, !isMissing);
    }

    /// <summary>Cancelled when the version is forgotten, or the daemon ends.</summary>
    private CancellationToken UntilUnwanted(VersionId version)
    {
        lock (wanted)
        {
            if (!wanted.TryGetValue(version, out var until))
                wanted[version] = until = CancellationTokenSource.CreateLinkedTokenSource(ending.Token);
            return until.Token;
        }
    }

    private async Task CloseAsync(VersionId version)
    {
        if (open.TryRemove(version, out var opened) && opened.IsValueCreated && await opened.Value is { } shared)
            shared.Close();
    }
}
