using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Namespaces;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// Takes snapshots of sandboxes of namespaces and restores them, by CRIU. One for a daemon: it has the processes of CRIU that wait.
/// <code>
///   sandbox with this in its options --SnapshotAsync--> folder --Snapshot.Open--> NamespaceSandbox.RestoreAsync --> clone, clone, ...
/// </code>
/// </summary>
public sealed class Snapshotter : IAsyncDisposable
{
    // One dump at a time, which no restore waits for: it may be of gigabytes.
    private readonly SemaphoreSlim dumps = new(1);
    private readonly SemaphoreSlim restores;
    private readonly CriuWorkers workers;

    private Snapshotter(SnapshotterOptions options, Criu criu)
    {
        (Options, Criu) = (options, criu);
        Circumstances = Circumstances.Here(criu, options.Agent ?? AgentProgram.Find());
        restores = new(options.Concurrency);
        workers = new(stop => CriuWorker.StartAsync(criu.Path, options.NewGroup, stop), options.Workers);
    }

    public SnapshotterOptions Options { get; }

    /// <summary>What it works with.</summary>
    public Criu Criu { get; }

    /// <summary>What snapshots that are taken now depend on.</summary>
    internal Circumstances Circumstances { get; }

    /// <summary>
    /// Finds CRIU, and finds out once for each CRIU, kernel and agent whether it works here, by a snapshot of a tiny sandbox that has one
    /// parked connection, and a clone of it. Takes half a second then; otherwise some milliseconds.
    /// </summary>
    /// <param name="sandboxForTrial">Options for a sandbox like those that there will be; called twice.</param>
    /// <exception cref="SandboxException">No snapshots can be taken here. The message says why, and what helps.</exception>
    public static async Task<Snapshotter> StartAsync(SnapshotterOptions options, Func<NamespaceSandboxOptions> sandboxForTrial)
    {
        if (PlainUser.IsOwnMaster || !Environment.IsPrivilegedProcess)
            throw new SandboxException("only root takes snapshots (fix: run thaw as root)");
        var criu = Criu.Find(options.CriuFolder)
            ?? throw new SandboxException(
                $"there is no CRIU {Criu.Oldest} or later on this machine (fix: thaw doctor --fix, as root, then start thaw anew)");
        var snapshotter = new Snapshotter(options, criu);
        try
        {
            await Task.Run(() => new Trial(snapshotter, sandboxForTrial).ConvinceAsync()).ConfigureAwait(false);
            snapshotter.workers.Prepare();
            return snapshotter;
        }
        catch
        {
            await snapshotter.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends the workers. Snapshots and clones stay.</summary>
    public async ValueTask DisposeAsync()
    {
        await workers.DisposeAsync().ConfigureAwait(false);
        dumps.Dispose();
        restores.Dispose();
    }

    /// <summary>Takes a snapshot with a worker, in its turn. The worker has ended then, if it went wrong.</summary>
    /// <remarks>None of those that wait: they are for restores, which somebody waits for.</remarks>
    internal Task<T> DumpAsync<T>(Func<CriuWorker, CancellationToken, Task<T>> work, CancellationToken stop) =>
        InTurnAsync(dumps, late => CriuWorker.StartAsync(Criu.Path, newGroup: null, late), work, Options.DumpLimit, stop);

    /// <inheritdoc cref="DumpAsync"/>
    internal Task<T> RestoreAsync<T>(Func<CriuWorker, CancellationToken, Task<T>> work, CancellationToken stop) =>
        InTurnAsync(restores, workers.TakeAsync, work, Options.RestoreLimit, stop);

    private async Task<T> InTurnAsync<T>(
        SemaphoreSlim turns,
        Func<CancellationToken, Task<CriuWorker>> take,
        Func<CriuWorker, CancellationToken, Task<T>> work,
        TimeSpan limit,
        CancellationToken stop)
    {
        await turns.WaitAsync(stop).ConfigureAwait(false);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(limit);
        CriuWorker? worker = null;
        var isDone = false;
        try
        {
            worker = await take(patience.Token).ConfigureAwait(false);
            var result = await work(worker, patience.Token).ConfigureAwait(false);
            isDone = true;
            return result;
        }
        catch (OperationCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new SandboxException($"CRIU was not ready within {limit.TotalSeconds:0} s", late);
        }
        finally
        {
            // What it still takes back or writes is nobody's any more after that.
            if (worker is not null && !isDone)
                await worker.DisposeAsync().ConfigureAwait(false);
            turns.Release();
            if (worker is not null)
                workers.GiveBack(worker);
        }
    }
}
