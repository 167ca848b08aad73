using Thaw.Contracts;

namespace Thaw.Daemon.Functions;

/// <summary>What a user asked for on the command line; null where nothing was said.</summary>
public sealed record FunctionRequest
{
    /// <summary>A folder or a zip.</summary>
    public required string Path { get; init; }

    public string? Handler { get; init; }

    public string? Runtime { get; init; }

    /// <summary>Folders or zips, in order; later ones win.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public int? TimeoutSeconds { get; init; }

    public int? MemoryMegabytes { get; init; }

    public Dialect? Dialect { get; init; }

    /// <summary>What a function speaks that does not say so itself.</summary>
    public Dialect UsualDialect { get; init; } = Dialects.Newest;
}
