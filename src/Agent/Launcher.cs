using System.Diagnostics;
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
    private const int Talk = 0;

    private const int Namespaces = Syscalls.CLONE_NEWUSER | Syscalls.CLONE_NEWPID | Syscalls.CLONE_NEWNS | Syscalls.CLONE_NEWIPC
        | Syscalls.CLONE_NEWUTS;

    /// <summary>Returns in the child alone, with what it is to make of itself.</summary>
    /// <exception cref="LinuxException">The kernel makes no namespaces.</exception>
    /// <exception cref="FormatException">What was heard is no order.</exception>
    internal static SetupPlan Launch()
    {
        if (LaunchOrder.Receive(Talk) is not { } order)
            return End(0);
        var child = LinuxException.ThrowIfFailed(
            Syscalls.clone(Namespaces | (order.OwnNetwork ? Syscalls.CLONE_NEWNET : 0) | Syscalls.SIGCHLD), "clone");
        if (child == 0)
            return order.Plan;

        // The daemon is to see the end of the agent, and nobody is to keep its mounts.
        _ = Syscalls.close_range(AgentDescriptors.Link, uint.MaxValue, 0);
        int ended;
        while ((ended = Syscalls.waitpid(child, out _, Syscalls.__WALL)) != child && ended >= 0)
        {
        }

        return End(0);
    }

    private static SetupPlan End(int status)
    {
        Syscalls._exit(status);
        throw new UnreachableException();
    }
}
