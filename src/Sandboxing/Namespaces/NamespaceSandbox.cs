using System.Net;
using System.Net.Sockets;
using Thaw.Linux;
using Thaw.Sandboxing.Agents;

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
    private readonly ResidentMemory memory;

    private NamespaceSandbox(
        NamespaceSandboxOptions options, UserRange users, NetworkNamespace network, Socket listener, AgentLink link, int unshare, int agent)
        : base(link, unshare, new(options.KernelKills.Count, _ => false), options.DestroyLimit)
    {
        (this.options, this.users, this.network, ApiListener, AgentPid) = (options, users, network, listener, agent);
        memory = new ResidentMemory(agent);
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
            await launch.GoAsync(limit.Token);
            return new(options, users, network, listener, ends.Join(options.OnMachine), launch.UnsharePid, agent);
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

    public override long PeakMemoryBytes() => memory.PeakBytes();

    /// <summary>Nobody inside can stop the first process of its namespace.</summary>
    private protected override void WakeAgent()
    {
    }

    private protected override Task ClearAsync(bool byItself)
    {
        network.Dispose();
        GiveBack(options, users);
        return Task.CompletedTask;
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

            Directory.CreateDirectory(options.TemporaryFolder);
            LinuxException.ThrowIfFailed(Syscalls.chmod(options.TemporaryFolder, OnlyForItsUser), "chmod");
            var temporary = DetachedMount.Of(options.TemporaryFolder, DetachedMount.Writable);
            mounts.Add((temporary, "/tmp"));
            DetachedMount.GiveTo(temporary, users.Outside(RootFileSystem.UserId));
            return Launch.Begin(agent, ends, options.HostName, mounts);
        }
        finally
        {
            foreach (var (mount, _) in mounts)
                mount.Dispose();
        }
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
