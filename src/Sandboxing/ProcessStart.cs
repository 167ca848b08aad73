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

    /// <summary>What it is called in a snapshot, where no two of a sandbox have the same. Default: its path.</summary>
    public string? Label { get; init; }

    /// <summary>A descriptor from 3 to 255 at which the program has a third pipe to write to; null for none.</summary>
    public int? ExtraOutput { get; init; }
}
