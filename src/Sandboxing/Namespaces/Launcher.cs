using System.Net.Sockets;
using System.Runtime.InteropServices;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;
using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Networks;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// A process that will make the namespaces of one sandbox, and then waits for the end of its first process. Where the agent is native, it
/// is an agent that waits for its order, and can be there before anybody needs it; else it is unshare, which executes an agent.
/// </summary>
internal sealed class Launcher : IDisposable
{
    /// <summary>How long the end of a group may take.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private FileDescriptor? talk;
    private EnvironmentGroup? group;
    private NatLink? wayOut;

    private Launcher(int pid, FileDescriptor talk) => (Pid, this.talk) = (pid, talk);

    /// <summary>Our child.</summary>
    internal int Pid { get; }

    internal bool IsAlive => ProcFile.ReadStat(Pid) is { IsAlive: true };

    /// <summary>One that waits for its order. It ends without one when this is disposed of.</summary>
    /// <exception cref="SandboxException">It cannot be executed.</exception>
    internal static Launcher Start(AgentProgram agent) =>
        Start(agent.Path, [agent.Path, .. agent.Arguments, AgentWords.Launch], agent.Variables, []);

    /// <summary>The same, in a network with a way out, which its child will share if it is not told otherwise.</summary>
    /// <exception cref="SandboxException">It cannot be executed, or there is no such network to be had.</exception>
    internal static Launcher Start(AgentProgram agent, NatNetwork nat)
    {
        var launcher = NamespaceThread.Run(() =>
        {
            if (Syscalls.unshare(Syscalls.CLONE_NEWNET) != 0)
                throw new SandboxException($"No network can be made: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
            return Start(agent);
        });
        try
        {
            launcher.wayOut = nat.Connect(launcher.Pid);
            return launcher;
        }
        catch
        {
            launcher.Dispose();
            throw;
        }
    }

    /// <summary>The program, which has its order from the start.</summary>
    /// <exception cref="SandboxException">It cannot be executed.</exception>
    internal static Launcher Unshare(AgentProgram agent, LaunchOrder order, IReadOnlyList<int> descriptors)
    {
        const string Name = "unshare";
        var path = HostProgram.Find(Name)?.Path ?? throw new SandboxException(
            "There is no unshare on this machine: install it, for example by 'apt-get install util-linux'.");

        // All namespaces at once: the new users own the others. Capabilities are kept through execve while nobody is mapped.
        return Start(
            path,
            [Name, order.OwnNetwork ? "-Ufpmniu" : "-Ufpmiu", "--keep-caps", agent.Path, .. agent.Arguments, .. order.Plan.Words],
            agent.Variables,
            [.. descriptors.Zip(order.Places)]);
    }

    /// <summary>Has it wait in the group of its sandbox-to-be, which is its own to hand on.</summary>
    /// <exception cref="SandboxException">It has died.</exception>
    internal void Join(EnvironmentGroup its)
    {
        group = its;
        its.Add(Pid);
    }

    /// <summary>The group that it is in, and all that it will give birth to: the caller's from now on. Null when it is in none.</summary>
    internal EnvironmentGroup? TakeGroup() => Interlocked.Exchange(ref group, null);

    /// <summary>Out of the network that it is in: the caller's from now on. Null when that is the machine's.</summary>
    internal NatLink? TakeWayOut() => Interlocked.Exchange(ref wayOut, null);

    /// <exception cref="SandboxException">It has died.</exception>
    internal void Tell(LaunchOrder order, IReadOnlyList<int> descriptors)
    {
        try
        {
            order.Send(talk!.Number, [.. descriptors]);
        }
        catch (LinuxException failure)
        {
            throw new SandboxException($"A sandbox could not be begun: {failure.Message}.", failure);
        }
    }

    /// <summary>What it and the agent say is heard here, and what they have to hear is said. The caller's from now on.</summary>
    internal Socket TakeTalk()
    {
        var taken = Interlocked.Exchange(ref talk, null)!;
        var socket = new Socket(new SafeSocketHandle(taken.Number, ownsHandle: true));
        taken.SetHandleAsInvalid();
        return socket;
    }

    /// <summary>Ends it with all that waited with it. Never fails: what cannot be removed now is the next daemon's to sweep.</summary>
    internal async Task EndAsync()
    {
        Dispose();
        try
        {
            await (TakeGroup()?.RemoveAsync(Patience) ?? Task.CompletedTask).ConfigureAwait(false);
            TakeWayOut()?.Dispose();
        }
        catch (Exception failure) when (failure is SandboxException or LinuxException)
        {
            // A link goes with its network in any case.
        }
    }

    /// <summary>Ends it, if it still waits.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref talk, null) is not { } unused)
            return;
        unused.Dispose();
        _ = Syscalls.kill(Pid, Syscalls.SIGKILL);
        _ = Syscalls.waitpid(Pid, out _, 0);
    }

    private static Launcher Start(
        string path, IReadOnlyList<string> arguments, IReadOnlyList<string> variables, IReadOnlyList<(int, int)> descriptors)
    {
        var (ours, theirs) = Ends();
        using var theirEnd = theirs;
        var spawn = new Spawn
        {
            Path = path,
            Arguments = arguments,
            Environment = variables,
            WorkingDirectory = "/",
            NewSession = true,
            Descriptors = [(theirs.Number, 0), (theirs.Number, 1), (theirs.Number, 2), .. descriptors],
        };
        var error = spawn.TryStart(out var pid);
        if (error == 0)
            return new(pid, ours);
        ours.Dispose();
        throw new SandboxException($"Cannot execute {path}: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    private static (FileDescriptor Ours, FileDescriptor Theirs) Ends()
    {
        try
        {
            return FileDescriptor.SocketPair();
        }
        catch (LinuxException failure)
        {
            throw new SandboxException($"No sandbox can be begun here and now: {failure.Message}.", failure);
        }
    }
}
