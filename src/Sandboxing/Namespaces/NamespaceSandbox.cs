using System.Net;
using System.Net.Sockets;
using Thaw.Linux;
using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Processes;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// The rung for hostile functions: users, processes, files, network, host name and messages of its own. Needs Linux 5.12, and root or a
/// <see cref="PlainUser"/> in namespaces of his own.
/// <code>
///   daemon --(socket pair)--+
///      |                    |     sandbox: everything below is all that they can see
///      |              +-----v---------------------------------------------+
///      |  launcher -- | agent (process 1) --+-- process group -- ...      |
///      |              |                     +-- process group -- ...      |
///      +------------- | listener 127.0.0.1:9001                           |
///                     +---------------------------------------------------+
/// </code>
/// The kernel kills all of them when the agent dies, and the agent ends when its link does.
/// </summary>
public sealed class NamespaceSandbox : AgentSandbox
{
    /// <summary>What the kernel has not counted yet, or the agent shares with us.</summary>
    private const long LittleMemory = 4 * 1024 * 1024;

    private readonly Premises premises;
    private readonly ResidentMemory memory;
    private readonly MemoryBound? bound;

    private readonly AgentLink link;
    private readonly AgentsPlace? place;

    private NamespaceSandbox(
        Premises premises, Socket listener, AgentLink link, int child, int agent, Watches watches)
        : base(link, child, watches.Verdicts, premises.Options.DestroyLimit)
    {
        (this.premises, this.link, ApiListener, AgentPid) = (premises, link, listener, agent);
        (memory, bound) = (watches.Memory, watches.Bound);
        place = premises.Options.Snapshotter is null ? null : new AgentsPlace(agent);
        ApiEndPoint = (IPEndPoint)listener.LocalEndPoint!;
        Live();
    }

    /// <summary>The same in every sandbox that has a loopback of its own.</summary>
    public static IPEndPoint Api { get; } = new(IPAddress.Loopback, 9001);

    /// <summary>Where agents dial that may be in a snapshot. Nobody listens there afterwards.</summary>
    internal static IPEndPoint Control { get; } = new(IPAddress.Loopback, 9002);

    public override IPEndPoint ApiEndPoint { get; }

    public override Socket ApiListener { get; }

    /// <summary>The agent's process id on the machine.</summary>
    internal int AgentPid { get; }

    /// <exception cref="SandboxException">It cannot be made; the message has the agent's own words, if there were any.</exception>
    public static async Task<NamespaceSandbox> CreateAsync(NamespaceSandboxOptions options)
    {
        var premises = new Premises(options);
        Launch? launch = null;
        Socket? listener = null;
        try
        {
            using var waiting = options.Group is null ? options.Launchers?.Take(options.SharesNetwork) : null;
            premises.House(waiting);
            using var ends = new AgentEnds(options.Snapshotter is null ? null : premises.Users.Inhabitant);
            launch = Begin(waiting, premises, ends);
            using var limit = new CancellationTokenSource(options.SetupLimit);
            var agent = await launch.UnsharedAsync(premises.Users, limit.Token);
            listener = await premises.EnterAsync(agent, Api);
            using var control = options.Snapshotter is null ? null : await premises.ListenForLinkAsync(Control);
            await launch.GoAsync(limit.Token);
            await premises.SettleAsync();
            var dialled = control is null ? null : await control.AcceptAsync(limit.Token);
            return new(
                premises, listener, ends.Join(premises.OnMachine, dialled), launch.LauncherPid, agent, new Watches(premises, agent));
        }
        catch (Exception failure)
        {
            listener?.Dispose();
            launch?.GiveUp();
            await premises.GiveBackAsync();
            throw failure switch
            {
                SandboxException => failure,
                OperationCanceledException =>
                    new SandboxException($"A sandbox was not ready within {options.SetupLimit.TotalSeconds:0} s.", failure),
                _ => new SandboxException($"no sandbox can be made here and now: {failure.Message}", failure),
            };
        }
        finally
        {
            launch?.Dispose();
        }
    }

    /// <summary>
    /// Makes a clone of a snapshot, with all that the original had been given: what took <see cref="CreateAsync"/> and
    /// <see cref="FurnishAsync"/> there is one step here. Some tens of milliseconds, more for much memory; who comes when all processors
    /// are busy with that waits for his turn. On return its processes run.
    /// </summary>
    /// <param name="snapshot">Open; it stays so.</param>
    /// <param name="options">
    /// As the original's were, with a folder and a group of the clone's own. <see cref="NamespaceSandboxOptions.Users"/> do not matter: all
    /// clones of a snapshot have the original's.
    /// </param>
    /// <param name="furnishings">
    /// As the original's, but for <see cref="Furnishings.Temporary"/>, which comes from the snapshot, and may come from here where that was
    /// empty.
    /// </param>
    /// <param name="outputOf">Takes what a process writes, by its label; asked once for each, before any of them goes on.</param>
    /// <exception cref="SnapshotUnusableException">It is damaged, or does not fit these options.</exception>
    /// <exception cref="SandboxException">It could not be restored here and now. Another try may do better.</exception>
    public static async Task<RestoredSandbox> RestoreAsync(
        Snapshot snapshot,
        NamespaceSandboxOptions options,
        Furnishings furnishings,
        Func<string, IProcessOutput> outputOf,
        CancellationToken stop)
    {
        var snapshotter = options.Snapshotter ?? throw new SnapshotUnusableException("there is nothing here to restore it with");
        var premises = new Premises(options with { Users = UserRange.Share(snapshot.Manifest.FirstUser) }, ownsUsers: true);
        using var restore = new Restore(snapshot, premises);
        try
        {
            var took = new TimeTaken(snapshotter.Options.Time);
            using var temporary = furnishings.Temporary ?? await Task.Run(() => premises.Restock(snapshot), stop);
            var furnished = furnishings with { Temporary = temporary };
            took.Pause();
            await snapshotter.RestoreAsync(
                async (worker, late) =>
                {
                    took.GoOn();
                    await premises.HouseAsync(worker);
                    return await premises.WithMountsAsync(furnished, mounts => restore.RunAsync(worker, mounts, late));
                },
                stop);
            premises.SettleClone(restore.Agent, furnished);
            await premises.SettleAsync();
            var watches = new Watches(premises, restore.Agent);
            var link = restore.Join(outputOf, watches.Verdicts.Open);
            var sandbox = new NamespaceSandbox(premises, restore.TakeListener(), link, restore.Agent, restore.Agent, watches);
            sandbox.Watch(furnished);
            return new(sandbox, link.Resumed, restore.TakeConnections(), took.Whole);
        }
        catch (Exception failure)
        {
            restore.Kill();
            await premises.GiveBackAsync();
            if (failure is SandboxException or SnapshotUnusableException or OperationCanceledException)
                throw;
            throw new SandboxException($"A snapshot could not be restored here and now: {failure.Message}", failure);
        }
    }

    /// <summary>Gives it what is one function's own. Once, before anything is started.</summary>
    /// <exception cref="SandboxException">Something is not there; the sandbox is of no use then.</exception>
    public async Task FurnishAsync(Furnishings furnishings)
    {
        try
        {
            await premises.FurnishAsync(furnishings);
            Watch(furnishings);
        }
        catch (LinuxException failure)
        {
            throw new SandboxException($"a sandbox cannot be given its files: {failure.Message}", failure);
        }
    }

    public override bool CanSnapshot => premises.Options.Snapshotter is not null;

    public override async Task<Snapshot> SnapshotAsync(
        string folder, string key, Func<IReadOnlyList<OutsideConnection>> connections, CancellationToken stop)
    {
        if (premises.Options.Snapshotter is not { } snapshotter)
            throw new SnapshotRefusedException("this environment was not made for snapshots");
        if (premises.HasRootOfItsOwn)
            throw new SnapshotRefusedException("a function that is a container image has no snapshots");
        await ThawAsync();
        return await Snapshot.WriteAsync(folder, unfinished => snapshotter.DumpAsync(
            (worker, late) => new Dump(premises, link, AgentPid, unfinished, connections, snapshotter.Options)
                .RunAsync(worker, key, snapshotter.Circumstances, late),
            stop));
    }

    public override async Task<SandboxProcess> StartAsync(ProcessStart start)
    {
        if (place is null)
            return await base.StartAsync(start).ConfigureAwait(false);
        using var lowered = await place.LowerAsync().ConfigureAwait(false);
        return await base.StartAsync(start).ConfigureAwait(false);
    }

    public override async ValueTask<Stream> ConnectAsync(int port, CancellationToken stop) => await premises.ConnectAsync(port, stop);

    /// <summary>Processes that share memory count with all of it, each: together they had no more than there is.</summary>
    public override long PeakMemoryBytes() => Math.Min(memory.PeakBytes(), premises.MemoryBytes);

    public override bool HoldsMemory => Group?.SharedMemoryBytes() is not < LittleMemory;

    public override bool CanFreeze => Group is { CanFreeze: true };

    public override ValueTask FreezeAsync() => Group?.FreezeAsync() ?? default;

    public override ValueTask ThawAsync()
    {
        Group?.Thaw();
        return default;
    }

    /// <summary>Who has a tenth of a processor takes ten times as long to die, and a thousand bombs have much to do for that.</summary>
    public override ValueTask DisposeAsync()
    {
        Group?.LiftCpu();
        return base.DisposeAsync();
    }

    /// <summary>Nobody inside can stop the first process of its namespace, but it freezes with all others.</summary>
    private protected override void WakeAgent()
    {
        try
        {
            Group?.Thaw();
        }
        catch (SandboxException)
        {
            // The group is gone, and the agent with it.
        }
    }

    private protected override Task ClearAsync(bool byItself)
    {
        if (bound is not null)
            premises.Options.MemoryWatch!.Remove(bound);
        return premises.GiveBackAsync();
    }

    private void Watch(Furnishings furnishings)
    {
        if (bound is null)
            return;
        bound.MaxBytes = furnishings.MemoryBytes;
        premises.Options.MemoryWatch!.Add(bound);
    }

    private EnvironmentGroup? Group => premises.Group;

    private static Launch Begin(Launcher? waiting, Premises premises, AgentEnds ends)
    {
        var options = premises.Options;
        var agent = AgentInside.Of(options.Agent ?? AgentProgram.Find(), whole: options.Snapshotter is not null);
        var mounts = new List<(FileDescriptor Mount, string Inside)>();
        try
        {
            premises.OpenUsual(agent, mounts);
            mounts.Add((premises.TemporaryFolder(), "/tmp"));
            return Launch.Begin(waiting, premises.MakesNetwork, agent, ends, options, mounts);
        }
        finally
        {
            foreach (var (mount, _) in mounts)
                mount.Dispose();
        }
    }
}
