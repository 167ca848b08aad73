using System.Net;
using System.Net.Sockets;
using Thaw.Linux;
using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Networks;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// The rung for hostile functions: users, processes, files, network, host name and messages of its own. Needs root and Linux 5.12.
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
    private const uint OnlyForItsUser = 0b111_000_000;

    private readonly NamespaceSandboxOptions options;
    private readonly UserRange users;
    private readonly NetworkNamespace network;
    private readonly NatLink? wayOut;
    private readonly ResidentMemory memory;

    private NamespaceSandbox(
        NamespaceSandboxOptions options,
        UserRange users,
        NetworkNamespace network,
        NatLink? wayOut,
        Socket listener,
        AgentLink link,
        int unshare,
        int agent,
        ResidentMemory memory)
        : base(link, unshare, new(() => KernelKills(options, memory), _ => false), options.DestroyLimit)
    {
        (this.options, this.users, this.network, this.wayOut) = (options, users, network, wayOut);
        (ApiListener, AgentPid, this.memory) = (listener, agent, memory);
        Live();
    }

    /// <summary>The same in every sandbox.</summary>
    public static IPEndPoint Api { get; } = new(IPAddress.Loopback, 9001);

    public override IPEndPoint ApiEndPoint => Api;

    public override Socket ApiListener { get; }

    /// <summary>The agent's process id on the machine.</summary>
    internal int AgentPid { get; }

    /// <exception cref="SandboxException">It cannot be made; the message has the agent's own words, if there were any.</exception>
    public static async Task<NamespaceSandbox> CreateAsync(NamespaceSandboxOptions options)
    {
        var users = options.Users ?? UserRange.Take();
        var undo = new Stack<Action>();
        undo.Push(() => GiveBack(options, users));
        try
        {
            using var ends = new AgentEnds();
            using var launch = Begin(options, users, ends);
            undo.Push(launch.GiveUp);

            using var limit = new CancellationTokenSource(options.SetupLimit);
            var agent = await launch.UnsharedAsync(users, limit.Token);
            var network = NetworkNamespace.Of(agent);
            undo.Push(network.Dispose);
            var listener = await network.ListenAsync(Api);
            undo.Push(listener.Dispose);
            options.Place?.Invoke(agent);
            options.Group?.Add(agent);
            var wayOut = options.Nat?.Connect(agent);
            undo.Push(() => wayOut?.Dispose());
            await launch.GoAsync(limit.Token);
            var link = ends.Join(options.OnMachine);
            return new(options, users, network, wayOut, listener, link, launch.UnsharePid, agent, new ResidentMemory(agent));
        }
        catch (Exception failure)
        {
            while (undo.TryPop(out var step))
                step();
            throw failure switch
            {
                SandboxException => failure,
                OperationCanceledException =>
                    new SandboxException($"A sandbox was not ready within {options.SetupLimit.TotalSeconds:0} s.", failure),
                _ => new SandboxException($"no sandbox can be made here and now: {failure.Message}", failure),
            };
        }
    }

    public override async ValueTask<Stream> ConnectAsync(int port, CancellationToken stop) => await network.ConnectAsync(port, stop);

    /// <summary>Processes that share memory count with all of it, each: together they had no more than there is.</summary>
    public override long PeakMemoryBytes() => Math.Min(memory.PeakBytes(), options.MemoryBytes);

    public override bool CanFreeze => options.Group is { CanFreeze: true };

    public override ValueTask FreezeAsync() => options.Group?.FreezeAsync() ?? default;

    public override ValueTask ThawAsync()
    {
        options.Group?.Thaw();
        return default;
    }

    /// <summary>Nobody inside can stop the first process of its namespace, but it freezes with all others.</summary>
    private protected override void WakeAgent()
    {
        try
        {
            options.Group?.Thaw();
        }
        catch (SandboxException)
        {
            // The group is gone, and the agent with it.
        }
    }

    private protected override async Task ClearAsync(bool byItself)
    {
        network.Dispose();
        await Task.Yield();    // The kernel takes its time, and this may be a socket's thread.
        wayOut?.Dispose();
        try
        {
            await (options.Group?.RemoveAsync(options.DestroyLimit) ?? Task.CompletedTask);
        }
        catch (SandboxException)
        {
            // The next sweep tries again.
        }

        GiveBack(options, users);
    }

    private static Launch Begin(NamespaceSandboxOptions options, UserRange users, AgentEnds ends)
    {
        var agent = AgentInside.Of(options.Agent ?? AgentProgram.Find());
        var mounts = new List<(FileDescriptor Mount, string Inside)>();
        try
        {
            foreach (var file in agent.Files.Concat(options.Mounts).Where(each => File.Exists(each.Path)))
                options.Root.MakePlace(file.Inside);
            mounts.AddRange(options.Root.Mounts());
            foreach (var each in agent.Files.Concat(options.Mounts))
                mounts.Add((DetachedMount.Of(each.Path, DetachedMount.ReadOnly), each.Inside));

            mounts.Add((options.Temporary?.Mount ?? TemporaryFolder(options, users), "/tmp"));
            return Launch.Begin(agent, ends, options.HostName, mounts);
        }
        finally
        {
            foreach (var (mount, _) in mounts)
                mount.Dispose();
        }
    }

    // Who dies for want of memory cannot be measured any more, but it had all there was.
    private static long KernelKills(NamespaceSandboxOptions options, ResidentMemory memory)
    {
        if (options.Group is not { } group)
            return options.KernelKills.Count();
        var kills = group.KernelKills.Count();
        if (kills > 0)
            memory.Note(options.MemoryBytes);
        return kills;
    }

    private static FileDescriptor TemporaryFolder(NamespaceSandboxOptions options, UserRange users)
    {
        Directory.CreateDirectory(options.TemporaryFolder);
        LinuxException.ThrowIfFailed(Syscalls.chmod(options.TemporaryFolder, OnlyForItsUser), "chmod");
        var temporary = DetachedMount.Of(options.TemporaryFolder, DetachedMount.Writable);
        DetachedMount.GiveTo(temporary, users.Outside(RootFileSystem.UserId));
        return temporary;
    }

    private static void GiveBack(NamespaceSandboxOptions options, UserRange users)
    {
        try
        {
            if (Directory.Exists(options.TemporaryFolder))
                Directory.Delete(options.TemporaryFolder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The folder that it lies in goes some time, with all that is in it.
        }

        if (options.Users is null)
            users.GiveBack();
    }
}
