using System.Text;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.Agent;

/// <summary>
/// Makes a sandbox of fresh namespaces, in an order in which each step can still be taken.
/// <code>
///   told to go -- root of the namespaces -- own view of groups -- limits -- mounts, root -- host name -- no privileges -- filter -- run
/// </code>
/// The namespaces exist already (unshare or a launcher made them), and the daemon has written their id maps when it says to go.
/// </summary>
internal static unsafe class Setup
{
    private const int Input = 0, Output = 1, Error = 2, FirstOfOthers = 32;
    private const uint FileMask = 0b000_010_010, CloseOnExec = 4;

    /// <summary>Returns if this process is to serve itself; else it becomes the agent that serves.</summary>
    /// <exception cref="LinuxException">A step could not be taken.</exception>
    internal static void Enter(SetupPlan plan)
    {
        Say(SetupTalk.Unshared);
        AwaitGo();
        if (plan.LinkPort != 0)
            LinkDialler.Dial(plan.LinkPort);

        // It belongs to the one that we still are.
        int? order = plan.LinkPort != 0
            ? null
            : LinuxException.ThrowIfFailed(Syscalls.open("/proc/self/oom_score_adj", Syscalls.O_WRONLY), "open oom_score_adj");

        // A plain user's daemon gives one user alone, and its agent is that one already; it has its privileges all the same.
        var isAlone = Syscalls.geteuid() == plan.UserId;
        if (isAlone)
            NamespaceLimits.LimitProcesses();
        else
            BecomeRootOfTheNamespaces();
        _ = Syscalls.setsid();
        _ = Syscalls.umask(FileMask);
        LinuxException.ThrowIfFailed(Syscalls.unshare(Syscalls.CLONE_NEWCGROUP), "unshare");

        // In our own /proc nothing can be written to.
        NamespaceLimits.Set();
        MountPlan.Enter(plan.Mounts);
        SetHostName(plan.HostName);
        var servesItself = plan.Program.Count == 0;
        KeepOnly(order, servesItself);
        Privileges.Drop(isAlone ? null : (uint)plan.UserId);
        SystemCallFilter.Install(mayBeSnapshotted: plan.LinkPort != 0);
        BlockSignals();
        if (!servesItself)
            Spawn.Become(plan.Program);
    }

    /// <summary>To be called by the agent that serves: the set-up is over. What it says from then on, nobody hears.</summary>
    internal static void Leave()
    {
        Say(SetupTalk.Ready);
        var nothing = LinuxException.ThrowIfFailed(Syscalls.open("/dev/null", Syscalls.O_RDWR | Syscalls.O_CLOEXEC), "open /dev/null");
        var talk = Cookie(Output);
        foreach (var stream in (ReadOnlySpan<int>)[Input, Output, Error])
            LinuxException.ThrowIfFailed(Syscalls.dup2(nothing, stream), "dup2");

        // The .NET runtime, where that runs us, has made copies of them for itself.
        for (var other = AgentDescriptors.Link; other < FirstOfOthers; other++)
        {
            if (talk != 0 && Cookie(other) == talk)
                LinuxException.ThrowIfFailed(Syscalls.dup2(nothing, other), "dup2");
        }

        _ = Syscalls.close(nothing);
    }

    /// <summary>What tells a socket from all others; 0 for what is none.</summary>
    private static ulong Cookie(int descriptor)
    {
        ulong cookie = 0;
        uint length = sizeof(ulong);
        return Syscalls.getsockopt(descriptor, Syscalls.SOL_SOCKET, Syscalls.SO_COOKIE, &cookie, &length) == 0 ? cookie : 0;
    }

    private static void Say(byte word) => _ = Syscalls.write(Output, &word, 1);

    private static void AwaitGo()
    {
        byte word;
        if (Syscalls.read(Input, &word, 1) != 1 || word != SetupTalk.Go)
            throw new FormatException("the daemon did not say to go on");
    }

    private static void BecomeRootOfTheNamespaces()
    {
        LinuxException.ThrowIfFailed(Syscalls.setgroups(0, null), "setgroups");
        LinuxException.ThrowIfFailed(Syscalls.setresgid(0, 0, 0), "setresgid");
        LinuxException.ThrowIfFailed(Syscalls.setresuid(0, 0, 0), "setresuid");
    }

    private static void SetHostName(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        fixed (byte* first = bytes)
            LinuxException.ThrowIfFailed(Syscalls.sethostname(first, (nuint)bytes.Length), "sethostname");
    }

    // The mounts, and whatever the daemon itself had inherited: nothing of it may get inside.
    private static void KeepOnly(int? order, bool atOnce)
    {
        if (order is { } file && file != AgentDescriptors.OutOfMemoryOrder)
            LinuxException.ThrowIfFailed(Syscalls.dup2(file, AgentDescriptors.OutOfMemoryOrder), "dup2");
        var first = (uint)AgentDescriptors.OutOfMemoryOrder + (order is null ? 0u : 1u);
        LinuxException.ThrowIfFailed(Syscalls.close_range(first, uint.MaxValue, atOnce ? 0 : CloseOnExec), "close_range");
    }

    // They stay blocked in the one that serves, and in all its threads: whoever runs inside may send them, and they change nothing.
    private static void BlockSignals()
    {
        var signals = stackalloc byte[128];
        _ = Syscalls.sigfillset(signals);
        _ = Syscalls.sigprocmask(Syscalls.SIG_SETMASK, signals, null);
    }
}
