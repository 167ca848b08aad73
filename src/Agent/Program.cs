using Thaw.Agent;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

// The agent: starts processes for the daemon, passes on what they write and how they end, and lets none of them outlive the daemon.
//
//   daemon --(control link, descriptor 3)-- agent --+-- process --- ...
//                                                   +-- process --- ...
//
// When the link ends, however the daemon died, every descendant is killed and reaped, and then the agent ends.
try
{
    Seclusion.Enter();
    return new Household(new HostLink(), OutputGauge.Map(AgentDescriptors.Gauge)).Run();
}
catch (LinuxException problem)
{
    Diagnostics.Complain(problem.Message);
    return 1;
}
