using System.Text;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.Agent;

/// <summary>
/// How many of some things the user namespace may have. What the kernel counts by user it counts for the one, too, who has made the
/// namespace, and that is root for all sandboxes: without a limit of its own, one could use up what all have together. Namespaces are
/// refused by the filter already.
/// </summary>
internal static unsafe class NamespaceLimits
{
    /// <summary>Of a function, and of the agent; spec 6.4.</summary>
    private const ulong Processes = 1024 + 8;

    /// <summary>To be called in the namespace, as its root, while the machine's /proc is there.</summary>
    /// <remarks>Where that is read-only (a container's), the limits stay the machine's own.</remarks>
    internal static void Set()
    {
        foreach (var (file, most) in NamespaceAllowances.All)
            Write(file, most);
    }

    /// <summary>
    /// How many processes and threads there may be, where no control group says it. The kernel counts them by user in each user namespace
    /// (since Linux 5.14; before that, all of the machine's user, who has fewer then).
    /// </summary>
    internal static void LimitProcesses()
    {
        var limit = new Syscalls.rlimit { soft = Processes, hard = Processes };

        // A lower one that is already there serves as well.
        _ = Syscalls.setrlimit(Syscalls.RLIMIT_NPROC, &limit);
    }

    private static void Write(string name, string most)
    {
        var file = Syscalls.open($"/proc/sys/user/{name}", Syscalls.O_WRONLY | Syscalls.O_CLOEXEC);
        if (file < 0)
            return;
        var bytes = Encoding.ASCII.GetBytes(most);
        fixed (byte* text = bytes)
            _ = Syscalls.write(file, text, (nuint)bytes.Length);
        _ = Syscalls.close(file);
    }
}
