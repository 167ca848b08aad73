using Thaw.Sandboxing.Agents;

namespace Thaw.Sandboxing.Processes;

public sealed record ProcessSandboxOptions
{
    /// <summary>The agent to run. Default: the one beside the running program.</summary>
    public AgentProgram? Agent { get; init; }

    /// <summary>How long disposal waits for the last process to be gone. Default: 10 s; killing usually takes a few milliseconds.</summary>
    public TimeSpan DestroyLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Kills what makes the processes inside hold more together than they may. Default: nobody does.</summary>
    public MemoryWatch? MemoryWatch { get; init; }

    /// <summary>Whom the kernel killed for want of memory.</summary>
    internal KernelKills KernelKills { get; init; } = KernelKills.Here;
}
