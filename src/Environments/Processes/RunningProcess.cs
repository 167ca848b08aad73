using Thaw.Contracts;
using Thaw.Lifecycle;
using Thaw.Sandboxing;

namespace Thaw.Environments.Processes;

/// <summary>A process of a sandbox, in the lifecycle's terms.</summary>
internal sealed class RunningProcess(SandboxProcess process) : IParticipantProcess
{
    private const int SIGTERM = 15, SIGKILL = 9;

    public Task<ProcessExit> Exited { get; } = ExitOf(process);

    public void Terminate() => process.Signal(SIGTERM);

    public void Kill() => process.Signal(SIGKILL);

    private static async Task<ProcessExit> ExitOf(SandboxProcess process)
    {
        // Not on the lifecycle's scheduler: it would run its steps on the thread, and under the lock, of the link to the agent.
        var exit = await process.Exited.ConfigureAwait(false);
        return new ProcessExit(exit.Status, exit.Signal, exit.OutOfMemory) { SandboxBroke = exit.SandboxBroke };
    }
}
