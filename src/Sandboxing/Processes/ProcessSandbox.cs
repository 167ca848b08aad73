using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

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
public sealed class ProcessSandbox : Sandbox
{
    /// <summary>
    /// Asking the kernel about a tree of processes takes longer than a short invocation. With one hundredth of the time, a lone sandbox
    /// is measured every ten milliseconds or so, and a hundred busy ones each about once a second.
    /// </summary>
    private static readonly Ration Measuring = new(timesIdle: 100);

    /// <summary>An agent that is asked has been woken before; it may be stopped again, after that.</summary>
    private static readonly TimeSpan WakesAgainAfter = TimeSpan.FromMilliseconds(500);

    private readonly ProcessSandboxOptions options;
    private readonly AgentLink link;
    private readonly int agent;
    private readonly TaskCompletionSource broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MemoryBound? bound;
    private readonly MemoryVerdicts verdicts;
    private readonly Task life;
    private volatile bool destroying;
    private long peakMemoryBytes;

    private ProcessSandbox(ProcessSandboxOptions options, Socket listener, AgentLink link, int agent)
    {
        (this.options, ApiListener, this.link, this.agent) = (options, listener, link, agent);
        ApiEndPoint = (IPEndPoint)listener.LocalEndPoint!;
        bound = options.MemoryWatch is null ? null : new MemoryBound(agent, options.MemoryBytes, NotePeak);
        verdicts = new MemoryVerdicts(options.KernelKills, bound);
        if (bound is not null)
            options.MemoryWatch!.Add(bound);
        life = LiveAsync();
    }

    public override IPEndPoint ApiEndPoint { get; }

    public override Socket ApiListener { get; }

    public override Task Broken => broken.Task;

    /// <summary>The agent's process id, which is its session's too.</summary>
    internal int AgentPid => agent;

    /// <exception cref="SandboxException">There is no agent, or it cannot be executed.</exception>
    public static Task<ProcessSandbox> CreateAsync(ProcessSandboxOptions options)
    {
        var program = options.Agent ?? AgentProgram.Find();

        // To be given back at once if it comes to nothing: it may be for want of descriptors that it does.
        var made = new Stack<IDisposable>();
        try
        {
            var listener = Keep(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            var (ours, theirs) = FileDescriptor.SocketPair();
            Keep(ours);
            using var theirEnd = theirs;
            var (pipes, theirPipes) = FileDescriptor.SocketPair();
            Keep(pipes);
            using var theirEndOfPipes = theirPipes;
            var gauge = Keep(OutputGauge.Create(out var memory));
            using var theirMemory = memory;

            var agent = StartAgent(program, theirs, theirPipes, memory);
            var link = new AgentLink(ours, new UnreadOutput(pipes, gauge));
            return Task.FromResult(new ProcessSandbox(options, listener, link, agent));
        }
        catch (Exception failure)
        {
            foreach (var one in made)
                one.Dispose();
            if (failure is SocketException or LinuxException or IOException)
                throw new SandboxException($"no sandbox can be made here and now: {failure.Message}", failure);
            throw;
        }

        T Keep<T>(T one)
            where T : IDisposable
        {
            made.Push(one);
            return one;
        }
    }

    public override Task<SandboxProcess> StartAsync(ProcessStart start) => link.StartAsync(start, verdicts.Open());

    public override Task FlushOutputAsync() =>
        link.FlushOutputAsync() is { IsCompleted: false } flushing ? AnsweredAsync(flushing) : Task.CompletedTask;

    public override async Task KillAllAsync(TimeSpan limit)
    {
        verdicts.Clear();
        try
        {
            var cleared = link.KillAllAsync();
            WakeAgent();
            await cleared.WaitAsync(limit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new SandboxException($"A process could not be killed within {limit.TotalMilliseconds:0} ms.");
        }
    }

    public override async ValueTask<Stream> ConnectAsync(int port, CancellationToken stop)
    {
        // Some bind to the one address of this name, some to the other.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync([IPAddress.Loopback, IPAddress.IPv6Loopback], port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override long PeakMemoryBytes()
    {
        Measuring.Perhaps(Measure);
        return Interlocked.Read(ref peakMemoryBytes);
    }

    public override async ValueTask DisposeAsync()
    {
        destroying = true;
        verdicts.Clear();
        try
        {
            link.EndSending();
            WakeAgent();
            await life.WaitAsync(options.DestroyLimit);
        }
        catch (TimeoutException)
        {
            var limit = options.DestroyLimit.TotalMilliseconds;
            throw new SandboxException($"A process could not be killed within {limit:0} ms. The agent keeps trying.");
        }
        finally
        {
            ApiListener.Dispose();
        }
    }

    private void Measure() => NotePeak(ProcessTree.DescendantsOf(agent).Sum(ProcFile.ReadPeakMemory));

    private void NotePeak(long now)
    {
        var before = Interlocked.Read(ref peakMemoryBytes);
        while (now > before && Interlocked.CompareExchange(ref peakMemoryBytes, now, before) is var seen && seen != before)
            before = seen;
    }

    // Whoever waits here has no limit of his own: an environment between two invocations, and then the end of the daemon.
    private async Task AnsweredAsync(Task flushing)
    {
        while (true)
        {
            WakeAgent();
            try
            {
                await flushing.WaitAsync(WakesAgainAfter).ConfigureAwait(false);
                return;
            }
            catch (TimeoutException)
            {
                // Stopped once more, or only slow.
            }
        }
    }

    /// <summary>A function of the same user may have stopped the agent.</summary>
    private void WakeAgent() => _ = life.IsCompleted ? 0 : Syscalls.kill(agent, Syscalls.SIGCONT);

    private static int StartAgent(AgentProgram program, FileDescriptor link, FileDescriptor pipes, FileDescriptor gauge)
    {
        var spawn = new Spawn
        {
            Path = program.Path,
            Arguments = [program.Path, .. program.Arguments],

            // On the .NET runtime: no debugger's door for others of the same user, and no thread for it.
            Environment = program.IsNative ? [] : ["DOTNET_EnableDiagnostics=0"],
            WorkingDirectory = "/",
            NewSession = true,

            // Its output is nobody's business (standard input is /dev/null), but its last words go where ours go.
            Descriptors =
            [
                (0, 1),
                (link.Number, AgentDescriptors.Link),
                (pipes.Number, AgentDescriptors.Pipes),
                (gauge.Number, AgentDescriptors.Gauge),
            ],
        };
        return spawn.TryStart(out var pid) switch
        {
            0 => pid,
            var error => throw new SandboxException($"Cannot execute the agent {program.Path}: {Marshal.GetPInvokeErrorMessage(error)}."),
        };
    }

    /// <summary>Runs as long as the agent does, and sees to it that nothing is left when that is over.</summary>
    private async Task LiveAsync()
    {
        var problem = await link.Received;
        link.Dispose();
        await AgentGoneAsync();
        if (bound is not null)
            options.MemoryWatch!.Remove(bound);
        if (!destroying)
            await Stragglers.KillAsync(session: agent);

        var reason = destroying ? "The sandbox was destroyed." : problem?.Message ?? "The sandbox's agent died.";
        link.End(new SandboxException(reason, problem), exitOfTheRest: new(0, Syscalls.SIGKILL) { SandboxBroke = !destroying });
        if (!destroying)
            broken.TrySetResult();
    }

    /// <summary>Reaps the agent, which ends by itself once its link has ended and its processes are gone.</summary>
    private async Task AgentGoneAsync()
    {
        var pause = TimeSpan.FromMilliseconds(1);
        while (Syscalls.waitpid(agent, out _, Syscalls.WNOHANG) == 0)
        {
            await Task.Delay(pause);
            pause = pause < TimeSpan.FromMilliseconds(50) ? pause * 2 : pause;
        }
    }
}
