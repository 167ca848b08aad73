using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;
using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Snapshots.Connections;
using Thaw.Sandboxing.Snapshots.Rpc;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// Makes the processes of a clone, and our ends of their connections.
/// <code>
///   mounts --> a worker's /run --> restore --> setup-namespaces: loopback, way out, our ends, listener
///          --> areas, files, sockets --> post-restore: memory, limits of the user namespace --> all go on
/// </code>
/// </summary>
/// <param name="premises">The clone's, and nobody has entered them.</param>
internal sealed class Restore(Snapshot snapshot, Premises premises) : IDisposable
{
    private readonly Manifest manifest = snapshot.Manifest;
    private readonly List<Socket> connections = [];
    private Socket? control;
    private Allowances? allowances;
    private Exception? failure;
    private int first;

    /// <summary>The agent, on the machine: our child.</summary>
    internal int Agent { get; private set; }

    /// <summary>The clone's, listening.</summary>
    internal Socket? Listener { get; private set; }

    /// <summary>Our ends of the connections to the API: the caller's who takes them.</summary>
    internal IReadOnlyList<Socket> TakeConnections() => Taken(connections);

    /// <param name="mounts">All that the clone has, each with its place inside; the root first.</param>
    /// <exception cref="SnapshotUnusableException">The original had other mounts.</exception>
    /// <exception cref="SandboxException">CRIU does not do it.</exception>
    internal async Task RunAsync(CriuWorker worker, IReadOnlyList<(FileDescriptor Mount, string Inside)> mounts, CancellationToken stop)
    {
        var places = await MountPlaces.OfAsync(worker, mounts, manifest.Mounts).ConfigureAwait(false);
        using var images = Scratch.Folder(Path.Combine(snapshot.Place, Manifest.Images));
        using var work = worker.Scratch.Open();
        var external = manifest.Mounts.Select((place, i) => $"mnt[{Dump.External(i)}]:{places.Of(place)}").ToList();
        var request = CriuRequest.Restore(images, work, places.Of("/"), external);
        var answer = await worker.AskAsync(request, (place, process) => NotifiedAsync(place, process, stop), stop).ConfigureAwait(false);
        worker.Scratch.Remember();
        if (failure is not null || !answer.Success)
        {
            throw new SandboxException(
                $"A snapshot could not be restored: {failure?.Message ?? worker.LastWords(answer)}", failure);
        }

        Agent = answer.Pid;
    }

    /// <summary>A link to the agent, which goes on where that of the original was.</summary>
    internal AgentLink Join(Func<string, IProcessOutput> outputOf, Func<MemoryVerdicts.Verdict> verdict)
    {
        using var page = ForeignDescriptor.Take(Agent, AgentDescriptors.Gauge);
        var gauge = OutputGauge.Map(page.Number) ?? throw new SandboxException("The agent of a clone has no gauge.");
        var unread = new UnreadOutput(pipes: null, gauge, manifest.Link.Frames);
        unread.Restored([.. PipesOf(Agent).Select(number => ForeignDescriptor.Take(Agent, number))]);
        var socket = control!;
        control = null;
        return new(socket, unread, premises.OnMachine, manifest.Link, outputOf, verdict);
    }

    /// <summary>It has come to nothing after all. CRIU has ended, which reaps none of what it has made.</summary>
    internal void Kill()
    {
        if (first == 0 || Syscalls.waitpid(first, out _, Syscalls.WNOHANG) != 0)
            return;
        _ = Syscalls.kill(first, Syscalls.SIGKILL);
        _ = Syscalls.waitpid(first, out _, 0);
    }

    public void Dispose()
    {
        allowances?.Dispose();
        control?.Dispose();
        Listener?.Dispose();
        foreach (var each in Taken(connections))
            each.Dispose();
    }

    /// <summary>The listener is somebody else's from now on.</summary>
    internal Socket TakeListener()
    {
        var taken = Listener!;
        Listener = null;
        return taken;
    }

    private static List<Socket> Taken(List<Socket> sockets)
    {
        List<Socket> taken = [.. sockets];
        sockets.Clear();
        return taken;
    }

    // Its own ends are all that it reads from.
    private static IEnumerable<int> PipesOf(int agent)
    {
        var numbers = new List<int>();
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{agent}/fd");
        ProcFile.ListIds(folder, numbers);
        return numbers.Where(number => new FileInfo($"{folder}/{number}").LinkTarget is { } target
            && target.StartsWith("pipe:", StringComparison.Ordinal));
    }

    private async Task<bool> NotifiedAsync(string place, int process, CancellationToken stop)
    {
        if (place is not ("setup-namespaces" or "post-restore"))
            return true;
        first = process;
        try
        {
            if (place == "post-restore")
            {
                var memory = Task.Run(() => BringMemoryBack(stop), stop);
                await (allowances?.SetAsync() ?? Task.CompletedTask).ConfigureAwait(false);
                await memory.ConfigureAwait(false);
                return true;
            }

            await Task.Yield();
            allowances = Allowances.Begin(first);
            var alias = manifest.Address is { } address ? IPAddress.Parse(address) : null;
            Listener = await premises.EnterCloneAsync(first, NamespaceSandbox.Api, ConnectAsync, alias).ConfigureAwait(false);
            return true;
        }
        catch (Exception reason) when (reason is LinuxException or SocketException or SandboxException or IOException
            or OperationCanceledException)
        {
            failure = reason;
            return false;
        }
    }

    private void BringMemoryBack(CancellationToken stop)
    {
        var ids = new Dictionary<int, int>();
        foreach (var pid in ProcessTree.DescendantsOf(first).Append(first))
            ids[ProcFile.ReadOwnId(pid)] = pid;
        foreach (var memory in manifest.Memory)
        {
            if (!ids.TryGetValue(memory.Process, out var pid))
                throw new SandboxException($"process {memory.Process} is not there");
            memory.BringBack(Path.Combine(snapshot.Place, Manifest.Images), pid, stop);
        }
    }

    private async Task ConnectAsync(NetworkNamespace network)
    {
        control = await BecomeAsync(network, manifest.Control, default).ConfigureAwait(false);
        foreach (var (end, request) in manifest.Connections)
            connections.Add(await BecomeAsync(network, end, request).ConfigureAwait(false));
    }

    private static async Task<Socket> BecomeAsync(NetworkNamespace network, TcpEnd end, ReadOnlyMemory<byte> received)
    {
        var handle = await network.NewHandleAsync().ConfigureAwait(false);
        try
        {
            TcpRepair.Become((int)handle.DangerousGetHandle(), end, received.Span);
            return new Socket(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }
}
