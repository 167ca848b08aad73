using Thaw.Agent;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

// The agent: starts processes for the daemon, passes on what they write and how they end, and lets none of them outlive the daemon.
//
//   daemon --(control link, descriptor 3)-- agent --+-- process --- ...
//                                                   +-- process --- ...
//
// When the link ends, however the daemon died, every descendant is killed and reaped, and then the agent ends.
//
//   thaw-agent             serves among the processes of the machine
//   thaw-agent launch      waits for an order; its child makes a sandbox of its fresh namespaces, and serves as the first process there
//   thaw-agent setup ...   makes a sandbox of the fresh namespaces that it was born in, and becomes the following
//   thaw-agent run         serves as the first process of that sandbox
//   thaw-agent run-whole   the same, with nothing in its hands that is not the sandbox's own: a snapshot can be taken of it
try
{
    if (args is [AgentWords.Launch])
        Setup.Enter(Launcher.Launch());
    else if (args is [SetupPlan.Word, ..])
        Setup.Enter(SetupPlan.Parse(args));
    Seclusion.Enter();
    if (args.Length > 0)
        Setup.Leave();
    var order = args is [AgentWords.Launch or AgentWords.Run] ? new OutOfMemoryOrder(AgentDescriptors.OutOfMemoryOrder) : null;
    var status = new Household(new HostLink(), OutputGauge.Map(AgentDescriptors.Gauge), order).Run();

    // At once: the .NET runtime, where that runs us, waits a second for itself if it has been restored from a snapshot.
    Syscalls._exit(status);
    return status;
}
catch (Exception problem) when (problem is LinuxException or FormatException)
{
    Diagnostics.Complain(problem.Message);
    return 1;
}
