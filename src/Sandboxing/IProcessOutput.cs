namespace Thaw.Sandboxing;

/// <summary>Takes what a process writes.</summary>
public interface IProcessOutput
{
    /// <summary>
    /// Called in the order of writing within each stream, by one thread at a time, for pieces of any size that know nothing of lines.
    /// All that the process wrote arrives before <see cref="SandboxProcess.Exited"/> completes; later calls bring the output of its
    /// descendants that still hold the pipe. While a call lasts, the sandbox's other output and exits wait, so it must be
    /// quick. It must not throw: that would break the sandbox.
    /// </summary>
    void Write(OutputStream stream, ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Completes when more may be written, at once in the usual case. While it does not, nothing is taken from the sandbox, its pipes
    /// fill, and who writes there waits; exits wait as well, so it must not take for ever. Never fails.
    /// </summary>
    ValueTask RoomAsync() => ValueTask.CompletedTask;
}
