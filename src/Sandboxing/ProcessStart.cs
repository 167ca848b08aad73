namespace Thaw.Sandboxing;

/// <summary>A program to start in a <see cref="Sandbox"/>. Its standard input is /dev/null.</summary>
public sealed record ProcessStart
{
    /// <summary>The program's file, absolute, as seen from inside. PATH is not searched.</summary>
    public required string Path { get; init; }

    /// <summary>The arguments behind the program's own name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The whole environment: nothing is inherited.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Absolute, as seen from inside.</summary>
    public required string WorkingDirectory { get; init; }

    public required IProcessOutput Output { get; init; }
}

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
}

public enum OutputStream
{
    Stdout,
    Stderr,
}
