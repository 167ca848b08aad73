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
///      |   unshare -- | agent (process 1) --+-- process group -- ...      |
///      |              |                     +-- process group -- ...      |
///      +------------- | listener 127.0.0.1:9001                           |
///                     +---------------------------------------------------+
/// </code>
/// The kernel kills all of them when the agent dies, and the agent ends when its link does.
/// </summary>
public sealed class NamespaceSandbox : AgentSandbox
{
    private readonly Premises premises;
    private readonly ResidentMemory memory;
    private readonly MemoryBound? bound;

    private NamespaceSandbox(
        Premises premises, Socket listener, AgentLink link, int unshare, int agent, ResidentMemory memory, MemoryBound? bound)
        : base(
            link, unshare, new(() => KernelKills(premises, memory), pid => bound?.HasKilled(pid) == true), premises.Options.DestroyLimit)
    {
        (this.premises, ApiListener, AgentPid, this.memory, this.bound) = (premises, listener, agent, memory, bound);
        ApiEndPoint = (IPEndPoint)listener.LocalEndPoint!;
        Live();
    }

    /// <summary>The same in every sandbox that has a loopback of its own.</summary>
    public static IPEndPoint Api { get; } = new(IPAddress.Loopback, 9001);

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
            using var ends = new AgentEnds();
            launch = Begin(premises, ends);
            using var limit = new CancellationTokenSource(options.SetupLimit);
            var agent = await launch.UnsharedAsync(premises.Users, limit.Token);
            listener = await premises.EnterAsync(agent, Api);
            await launch.GoAsync(limit.Token);
            await premises.SettleAsync();
            var memory = new ResidentMemory(agent);
            var bound = options.MemoryWatch is null ? null : new MemoryBound(agent, memory.Note);
            return new(premises, listener, ends.Join(premises.OnMachine), launch.UnsharePid, agent, memory, bound);
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
    /// <param name="furnishings">As the original's were, but for <see cref="Furnishings.Temporary"/>, which comes from the snapshot.</param>
    /// <param name="outputOf">Takes what a process writes, by its label; asked once for each, before any of them goes on.</param>
    /// <exception cref="SnapshotUnusableException">It is damaged, or does not fit these options.</exception>
    /// <exception cref="SandboxException">It could not be restored here and now. Another try may do better.</exception>
    public static Task<RestoredSandbox> RestoreAsync(
        Snapshot snapshot,
        NamespaceSandboxOptions options,
        Furnishings furnishings,
        Func<string, IProcessOutput> outputOf,
        CancellationToken stop) => throw new NotImplementedException();

    /// <summary>Gives it what is one function's own. Once, before anything is started.</summary>
    /// <exception cref="SandboxException">Something is not there; the sandbox is of no use then.</exception>
    public async Task FurnishAsync(Furnishings furnishings)
    {
        try
        {
            await premises.FurnishAsync(furnishings);
            if (bound is not null)
            {
                bound.MaxBytes = furnishings.MemoryBytes;
                premises.Options.MemoryWatch!.Add(bound);
            }
        }
        catch (LinuxException failure)
        {
            throw new SandboxException($"a sandbox cannot be given its files: {failure.Message}", failure);
        }
    }

    public override async ValueTask<Stream> ConnectAsync(int port, CancellationToken stop) => await premises.ConnectAsync(port, stop);

    /// <summary>Processes that share memory count with all of it, each: together they had no more than there is.</summary>
    public override long PeakMemoryBytes() => Math.Min(memory.PeakBytes(), premises.MemoryBytes);

    public override bool CanFreeze => Group is { CanFreeze: true };

    public override ValueTask FreezeAsync() => Group?.FreezeAsync() ?? default;

    public override ValueTask ThawAsync()
    {
        Group?.Thaw();
        return default;
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

    private EnvironmentGroup? Group => premises.Options.Group;

    private static Launch Begin(Premises premises, AgentEnds ends)
    {
        var options = premises.Options;
        var agent = AgentInside.Of(options.Agent ?? AgentProgram.Find());
        var mounts = new List<(FileDescriptor Mount, string Inside)>();
        try
        {
            foreach (var file in agent.Files.Where(each => File.Exists(each.Path)))
                options.Root.MakePlace(file.Inside);
            mounts.AddRange(options.Root.Mounts());
            foreach (var each in agent.Files)
                mounts.Add((DetachedMount.Of(each.Path, DetachedMount.ReadOnly), each.Inside));
            mounts.Add((premises.TemporaryFolder(), "/tmp"));
            return Launch.Begin(agent, ends, options, mounts);
        }
        finally
        {
            foreach (var (mount, _) in mounts)
                mount.Dispose();
        }
    }

    // Who dies for want of memory cannot be measured any more, but it had all there was.
    private static long KernelKills(Premises premises, ResidentMemory memory)
    {
        if (premises.Options.Group is not { } group)
            return premises.Options.KernelKills.Count();
        var kills = group.KernelKills.Count();
        if (kills > 0)
            memory.Note(premises.MemoryBytes);
        return kills;
    }
}
