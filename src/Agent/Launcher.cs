using System.Diagnostics;
using System.Runtime.InteropServices;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.Agent;

/// <summary>
/// Waits for an order, and gives birth to the first process of a sandbox, in fresh namespaces; then it only waits for that one's end.
/// <code>
///   daemon --posix_spawn--&gt; launcher --clone--&gt; agent
/// </code>
/// The child has one thread, whatever we have: what it takes upon itself holds for all that it will ever be. So it need not be executed
/// anew for that. Each launcher has one child, and so no two sandboxes have the same addresses.
/// </summary>
internal static class Launcher
{
    private const int Talk = 0, MostLooks = 1000;
    private const char Asleep = 'S';

    private const int Namespaces = Syscalls.CLONE_NEWUSER | Syscalls.CLONE_NEWPID | Syscalls.CLONE_NEWNS | Syscalls.CLONE_NEWIPC
        | Syscalls.CLONE_NEWUTS;

    /// <summary>Returns in the child alone, with what it is to make of itself.</summary>
    /// <exception cref="LinuxException">The kernel makes no namespaces.</exception>
    /// <exception cref="FormatException">What was heard is no order.</exception>
    internal static SetupPlan Launch()
    {
        AwaitRest();
        if (LaunchOrder.Receive(Talk) is not { } order)
            return End(0);
        var child = LinuxException.ThrowIfFailed(
            Syscalls.clone(Namespaces | (order.OwnNetwork ? Syscalls.CLONE_NEWNET : 0) | Syscalls.SIGCHLD), "clone");
        if (child == 0)
            return order.Plan;

        // The daemon is to see the end of the agent, and nobody is to keep its mounts.
        _ = Syscalls.close_range(AgentDescriptors.Link, uint.MaxValue, 0);
        while (Syscalls.waitpid(child, out _, Syscalls.__WALL) < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
        {
        }

        return End(0);
    }

    /// <summary>
    /// Returns when nobody runs but this thread. What another one held in that moment (a lock of .NET's or libc's), nobody would ever give
    /// back in the child. There is one more, for finalizers, which has its own beginning.
    /// </summary>
    private static void AwaitRest()
    {
        GC.WaitForPendingFinalizers();
        for (var looks = 0; looks < MostLooks && SomebodyElseRuns(); looks++)
            Thread.Sleep(1);
    }

    private static bool SomebodyElseRuns()
    {
        List<int> threads = [];
        ProcFile.ListIds("/proc/self/task", threads);
        return threads.Exists(one => one != Environment.ProcessId && ProcFile.ReadStat(one) is { State: not Asleep });
    }

    private static SetupPlan End(int status)
    {
        Syscalls._exit(status);
        throw new UnreachableException();
    }
}
