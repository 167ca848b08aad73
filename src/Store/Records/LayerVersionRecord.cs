namespace Thaw.Store.Records;

/// <summary>A published version of a layer.</summary>
public sealed record LayerVersionRecord
{
    public required string Layer { get; init; }

    /// <summary>From 1.</summary>
    public required int Version { get; init; }

    public required CodeReference Code { get; init; }

    public string Description { get; init; } = "";

    public IReadOnlyList<string> CompatibleRuntimes { get; init; } = [];

    public IReadOnlyList<string> CompatibleArchitectures { get; init; } = [];

    public string? LicenseInfo { get; init; }

    public required DateTimeOffset CreatedDate { get; init; }
}
