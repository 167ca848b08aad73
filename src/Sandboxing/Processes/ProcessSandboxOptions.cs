namespace Thaw.Sandboxing.Processes;

public sealed record ProcessSandboxOptions
{
    /// <summary>The agent to run. Default: the one beside the running program.</summary>
    public AgentProgram? Agent { get; init; }

    /// <summary>How long disposal waits for the last process to be gone. Default: 10 s; killing usually takes a few milliseconds.</summary>
    public TimeSpan DestroyLimit { get; init; } = TimeSpan.FromSeconds(10);
}
