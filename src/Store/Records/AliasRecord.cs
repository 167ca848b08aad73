namespace Thaw.Store.Records;

/// <summary>A name for a version, which may share its invocations with a second one; spec (service) 6.</summary>
public sealed record AliasRecord
{
    public required string Function { get; init; }

    public required string Name { get; init; }

    public required string FunctionVersion { get; init; }

    public string Description { get; init; } = "";

    /// <summary>The second version; null when there is none.</summary>
    public string? AdditionalVersion { get; init; }

    /// <summary>The part of the invocations that the second version gets, 0 to 1.</summary>
    public double AdditionalWeight { get; init; }

    public required string RevisionId { get; init; }
}
