using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;
using Thaw.Sandboxing.Agents;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// Has an agent made as the first process of fresh namespaces, and leads it through its set-up.
/// <code>
///   daemon --posix_spawn--&gt; launcher --clone--&gt; agent          unshare --fork--&gt; agent setup --execve--&gt; agent run
///     |                                           |
///     +--------------- SetupTalk -----------------+
/// </code>
/// The launcher stays, as the agent's parent, and ends with it.
/// </summary>
internal sealed class Launch : IDisposable
{
    private const int MostLastWords = 4096;

    private readonly Socket talk;
    private readonly StringBuilder lastWords = new();

    private Launch(int launcher, Socket talk) => (LauncherPid, this.talk) = (launcher, talk);

    /// <summary>Our child.</summary>
    internal int LauncherPid { get; }

    /// <param name="waiting">The launcher to take; null for a new one.</param>
    /// <param name="ownNetwork">It makes a network for itself, and does not stay in its launcher's.</param>
    /// <param name="mounts">The root first, each with its place inside.</param>
    /// <exception cref="SandboxException">It cannot be executed.</exception>
    internal static Launch Begin(
        Launcher? waiting,
        bool ownNetwork,
        AgentInside agent,
        AgentEnds ends,
        NamespaceSandboxOptions options,
        IReadOnlyList<(FileDescriptor Mount, string Inside)> mounts)
    {
        var plan = new SetupPlan(
            options.HostName,
            RootFileSystem.UserId,
            options.Snapshotter is null ? 0 : NamespaceSandbox.Control.Port,
            [.. mounts.Select((mount, i) => new SetupPlan.Mount(AgentDescriptors.FirstMount + i, mount.Inside))],
            agent.Command);
        var order = new LaunchOrder(
            ownNetwork,
            [.. ends.Descriptors.Select(end => end.Theirs), .. plan.Mounts.Select(mount => mount.Descriptor)],
            plan);
        int[] descriptors = [.. ends.Descriptors.Select(end => end.Ours), .. mounts.Select(mount => mount.Mount.Number)];
        using var launcher = waiting ?? (agent.Program.IsNative
            ? Launcher.Start(agent.Program)
            : Launcher.Unshare(agent.Program, order, descriptors));
        if (agent.Program.IsNative)
            launcher.Tell(order, descriptors);
        return new(launcher.Pid, launcher.TakeTalk());
    }

    /// <summary>The namespaces are there, and the agent waits. Returns the agent's id.</summary>
    /// <exception cref="SandboxException">It has failed.</exception>
    internal async Task<int> UnsharedAsync(UserRange users, CancellationToken stop)
    {
        await HearAsync(SetupTalk.Unshared, stop).ConfigureAwait(false);

        // No socket thread is to do what follows.
        await Task.Yield();
        if (ProcessTree.DescendantsOf(LauncherPid) is not [var agent, ..])
            throw new SandboxException("The agent of a new sandbox is gone.");
        File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{agent}/gid_map"), users.GroupMap);
        File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{agent}/uid_map"), users.Map);
        return agent;
    }

    /// <summary>On return the agent serves.</summary>
    /// <exception cref="SandboxException">It has failed.</exception>
    internal async Task GoAsync(CancellationToken stop)
    {
        await talk.SendAsync(new byte[] { SetupTalk.Go }, stop).ConfigureAwait(false);
        await HearAsync(SetupTalk.Ready, stop).ConfigureAwait(false);
    }

    /// <summary>Ends what was begun: without its daemon no agent goes on.</summary>
    internal void GiveUp()
    {
        foreach (var process in ProcessTree.DescendantsOf(LauncherPid))
            _ = Syscalls.kill(process, Syscalls.SIGKILL);
        _ = Syscalls.kill(LauncherPid, Syscalls.SIGKILL);
        _ = Syscalls.waitpid(LauncherPid, out _, 0);
    }

    public void Dispose() => talk.Dispose();

    private async Task HearAsync(byte word, CancellationToken stop)
    {
        var heard = new byte[512];
        while (lastWords.Length < MostLastWords)
        {
            var count = await talk.ReceiveAsync(heard, stop).ConfigureAwait(false);
            if (count == 0)
                break;
            if (heard[count - 1] == word)
                return;
            lastWords.Append(Encoding.UTF8.GetString(heard, 0, count));
        }

        var reason = lastWords.Length > 0 ? lastWords.ToString().Trim() : "its agent died.";
        throw new SandboxException($"A sandbox could not be set up: {reason}");
    }
}
