using Thaw.Contracts;
using Thaw.Daemon.Hosting;

namespace Thaw.Cli.Run;

/// <summary>What the user asked of <c>thaw run</c>. Null means not given: the daemon finds it out or takes its default.</summary>
public sealed record RunOptions
{
    /// <summary>The function: a folder or a zip file, as typed.</summary>
    public required string Path { get; init; }

    public string? Handler { get; init; }

    public string? Runtime { get; init; }

    public EventSource Event { get; init; } = new EventSource.Inline("{}");

    /// <summary>Folders or zip files, the first one lowest.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>1 to 900 seconds.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>128 to 10,240.</summary>
    public int? MemoryMegabytes { get; init; }

    public InitializationType InitializationType { get; init; } = InitializationType.OnDemand;

    /// <summary>Take a snapshot after Init and run the invokes in an environment restored from it.</summary>
    public bool SnapStart { get; init; }

    /// <summary>How many invokes, one after the other, in the same environment while it lives.</summary>
    public int Repeat { get; init; } = 1;

    public SandboxWishes Sandboxes { get; init; } = new();

    public Dialect? Dialect { get; init; }

    /// <summary>The user's own language programs, as full paths, by runtime.</summary>
    public IReadOnlyDictionary<RuntimeIdentifier, string> Programs { get; init; } = new Dictionary<RuntimeIdentifier, string>();

    public string? DataDirectory { get; init; }

    /// <summary>One JSON document on stdout in place of body, logs and picture.</summary>
    public bool Json { get; init; }
}
