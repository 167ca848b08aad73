namespace Thaw.Sandboxing;

/// <summary>How a process ended: with a status from 0 to 255, or by a signal (then not 0), which is a Linux number.</summary>
/// <param name="OutOfMemory">It was killed because it, or its sandbox, had outgrown its memory.</param>
public readonly record struct ExitStatus(int Status, int Signal, bool OutOfMemory = false)
{
    /// <summary>Its sandbox collapsed around it: that it is gone is its own fault as little as anybody's.</summary>
    public bool SandboxBroke { get; init; }
}
