using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.Agent;

/// <summary>What the agent does to itself before it serves: nothing of it reaches its children, and little reaches it.</summary>
internal static unsafe class Seclusion
{
    /// <summary>Open files a process may have; a published quota of Lambda.</summary>
    private const ulong OpenFiles = 1024;

    /// <summary>Signals that wait, and bytes in queues of messages: the kernel counts them for the daemon's user, too.</summary>
    private const ulong PendingSignals = 1024, QueuedBytes = 128 * 1024;

    internal static void Enter()
    {
        // Whatever loses its parent becomes ours: no descendant can leave.
        LinuxException.ThrowIfFailed(Syscalls.prctl(Syscalls.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl");

        KeepDescriptorsToOurselves();

        // Nor is anybody to have the privileges that a plain user's daemon has over its own namespaces.
        LinuxException.ThrowIfFailed(
            Syscalls.prctl(Syscalls.PR_CAP_AMBIENT, Syscalls.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "prctl");

        // Processes of the same user cannot look into our memory, nor at our descriptors. (Without privileges, neither can we: hence now.)
        LinuxException.ThrowIfFailed(Syscalls.prctl(Syscalls.PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl");

        // Only the link says when to end. (Children start with default dispositions again.)
        foreach (var signal in (ReadOnlySpan<int>)[Syscalls.SIGHUP, Syscalls.SIGINT, Syscalls.SIGQUIT, Syscalls.SIGTERM, Syscalls.SIGPIPE])
            _ = Syscalls.signal(signal, Syscalls.SIG_IGN);

        // For the children, which inherit limits; the agent needs less.
        Limit(Syscalls.RLIMIT_NOFILE, OpenFiles);
        Limit(Syscalls.RLIMIT_CORE, 0);
        Limit(Syscalls.RLIMIT_SIGPENDING, PendingSignals);
        Limit(Syscalls.RLIMIT_MSGQUEUE, QueuedBytes);
    }

    // The link came without close-on-exec, and so did whatever the daemon itself had inherited. (close_range(2) needs Linux 5.11.)
    private static void KeepDescriptorsToOurselves()
    {
        List<int> descriptors = [];
        ProcFile.ListIds("/proc/self/fd", descriptors);
        foreach (var descriptor in descriptors)
        {
            if (descriptor >= AgentDescriptors.Link)
                _ = Syscalls.fcntl(descriptor, Syscalls.F_SETFD, Syscalls.FD_CLOEXEC);
        }
    }

    private static void Limit(int resource, ulong value)
    {
        var limit = new Syscalls.rlimit { soft = value, hard = value };

        // A lower limit that is already there cannot be raised without privileges, and serves as well.
        _ = Syscalls.setrlimit(resource, &limit);
    }
}
