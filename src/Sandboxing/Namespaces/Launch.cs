using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;
using Thaw.Sandboxing.Agents;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// Starts an agent as the first process of fresh namespaces, and leads it through its set-up.
/// <code>
///   daemon --posix_spawn--&gt; unshare --fork--&gt; agent setup --execve--&gt; agent run
///     |                                          |                       |
///     +--------------- SetupTalk ----------------+-----------------------+
/// </code>
/// unshare stays, as the agent's parent, and ends with it.
/// </summary>
internal sealed class Launch : IDisposable
{
    private const string Unshare = "unshare";
    private const int MostLastWords = 4096;

    private readonly Socket talk;
    private readonly StringBuilder lastWords = new();

    private Launch(int unshare, Socket talk) => (UnsharePid, this.talk) = (unshare, talk);

    /// <summary>Our child.</summary>
    internal int UnsharePid { get; }

    /// <param name="mounts">The root first, each with its place inside.</param>
    /// <exception cref="SandboxException">It cannot be executed.</exception>
    internal static Launch Begin(
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
        var (ours, theirs) = FileDescriptor.SocketPair();
        using var theirEnd = theirs;
        var spawn = new Spawn
        {
            Path = Program(),

            // All namespaces at once: the new users own the others. Capabilities are kept through execve while nobody is mapped.
            Arguments =
            [
                Unshare, options.SharesNetwork ? "-Ufpmiu" : "-Ufpmniu", "--keep-caps",
                agent.Program.Path, .. agent.Program.Arguments, .. plan.Words,
            ],
            Environment = agent.Program.Variables,
            WorkingDirectory = "/",
            NewSession = true,
            Descriptors =
            [
                (theirs.Number, 0),
                (theirs.Number, 1),
                (theirs.Number, 2),
                .. ends.Descriptors,
                .. mounts.Select((mount, i) => (mount.Mount.Number, AgentDescriptors.FirstMount + i)),
            ],
        };
        var error = spawn.TryStart(out var pid);
        if (error != 0)
        {
            ours.Dispose();
            throw new SandboxException($"Cannot execute {spawn.Path}: {Marshal.GetPInvokeErrorMessage(error)}.");
        }

        var talk = new Socket(new SafeSocketHandle(ours.Number, ownsHandle: true));
        ours.SetHandleAsInvalid();
        return new(pid, talk);
    }

    /// <summary>The namespaces are there, and the agent waits. Returns the agent's id.</summary>
    /// <exception cref="SandboxException">It has failed.</exception>
    internal async Task<int> UnsharedAsync(UserRange users, CancellationToken stop)
    {
        await HearAsync(SetupTalk.Unshared, stop).ConfigureAwait(false);

        // No socket thread is to do what follows.
        await Task.Yield();
        var pid = UnsharePid.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync($"/proc/{pid}/gid_map", users.GroupMap, stop).ConfigureAwait(false);
        await File.WriteAllTextAsync($"/proc/{pid}/uid_map", users.Map, stop).ConfigureAwait(false);
        return ProcessTree.DescendantsOf(UnsharePid) is [var agent, ..]
            ? agent
            : throw new SandboxException("The agent of a new sandbox is gone.");
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
        foreach (var process in ProcessTree.DescendantsOf(UnsharePid))
            _ = Syscalls.kill(process, Syscalls.SIGKILL);
        _ = Syscalls.kill(UnsharePid, Syscalls.SIGKILL);
        _ = Syscalls.waitpid(UnsharePid, out _, 0);
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

    private static string Program() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Append("/usr/bin")
        .Append("/bin")
        .Select(folder => Path.Combine(folder, Unshare))
        .FirstOrDefault(File.Exists)
        ?? throw new SandboxException("There is no unshare on this machine: install it, for example by 'apt-get install util-linux'.");
}
