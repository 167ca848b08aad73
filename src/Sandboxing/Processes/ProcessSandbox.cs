using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Thaw.Linux;
using Thaw.Sandboxing.Agents;

namespace Thaw.Sandboxing.Processes;

/// <summary>
/// The rung without privileges: plain processes of the daemon's own user, on the machine's own files, one loopback port each.
/// <code>
///   daemon --(socket pair)-- agent (own session, sub-reaper) --+-- process group -- ...
///      |                                                       +-- process group -- ...
///      +-- listener 127.0.0.1:PORT
/// </code>
/// Nothing inside outlives the sandbox or the daemon: the agent kills and reaps all its descendants when the link ends, however it ends.
/// It is no protection against malice: what runs inside may do all that the daemon's user may, killing the agent included.
/// </summary>
public sealed class ProcessSandbox : AgentSandbox
{
    private readonly ProcessSandboxOptions options;
    private readonly int agent;
    private readonly MemoryBound? bound;
    private readonly ResidentMemory memory;

    private ProcessSandbox(
        ProcessSandboxOptions options, Socket listener, AgentLink link, int agent, MemoryBound? bound, ResidentMemory memory)
        : base(link, agent, new(options.KernelKills.Count, pid => bound?.HasKilled(pid) == true), options.DestroyLimit)
    {
        (this.options, ApiListener, this.agent, this.bound, this.memory) = (options, listener, agent, bound, memory);
        ApiEndPoint = (IPEndPoint)listener.LocalEndPoint!;
        Live();
    }

    public override IPEndPoint ApiEndPoint { get; }

    public override Socket ApiListener { get; }

    /// <summary>The agent's process id, which is its session's too.</summary>
    internal int AgentPid => agent;

    /// <exception cref="SandboxException">There is no agent, or it cannot be executed.</exception>
    public static Task<ProcessSandbox> CreateAsync(ProcessSandboxOptions options)
    {
        var program = options.Agent ?? AgentProgram.Find();

        // To be given back at once if it comes to nothing: it may be for want of descriptors that it does.
        Socket? listener = null;
        try
        {
            listener = MachineLoopback.Listen();
            using var ends = new AgentEnds();
            var agent = StartAgent(program, ends);
            var memory = new ResidentMemory(agent);
            var bound = options.MemoryWatch is null ? null : new MemoryBound(agent, memory.Note);
            return Task.FromResult(new ProcessSandbox(options, listener, ends.Join(), agent, bound, memory));
        }
        catch (Exception failure)
        {
            listener?.Dispose();
            if (failure is SocketException or LinuxException or IOException)
                throw new SandboxException($"no sandbox can be made here and now: {failure.Message}", failure);
            throw;
        }
    }

    /// <summary>From now on the processes inside may hold so much together, if somebody watches. Once, before any start.</summary>
    /// <param name="memoryBytes">More than zero.</param>
    public void HoldTo(long memoryBytes)
    {
        if (bound is null)
            return;
        bound.MaxBytes = memoryBytes;
        options.MemoryWatch!.Add(bound);
    }

    public override async ValueTask<Stream> ConnectAsync(int port, CancellationToken stop) =>
        await MachineLoopback.ConnectAsync(port, stop);

    public override long PeakMemoryBytes() => memory.PeakBytes();

    /// <summary>A function of the same user may have stopped the agent.</summary>
    private protected override void WakeAgent() => _ = HasEnded ? 0 : Syscalls.kill(agent, Syscalls.SIGCONT);

    private protected override async Task ClearAsync(bool byItself)
    {
        if (bound is not null)
            options.MemoryWatch!.Remove(bound);
        if (byItself)
            await Stragglers.KillAsync(session: agent);
    }

    private static int StartAgent(AgentProgram program, AgentEnds ends)
    {
        var spawn = new Spawn
        {
            Path = program.Path,
            Arguments = [program.Path, .. program.Arguments],
            Environment = program.Variables,
            WorkingDirectory = "/",
            NewSession = true,

            // Its output is nobody's business (standard input is /dev/null), but its last words go where ours go.
            Descriptors = [(0, 1), .. ends.Descriptors],
        };
        return spawn.TryStart(out var pid) switch
        {
            0 => pid,
            var error => throw new SandboxException($"Cannot execute the agent {program.Path}: {Marshal.GetPInvokeErrorMessage(error)}."),
        };
    }
}
