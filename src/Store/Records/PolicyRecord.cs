namespace Thaw.Store.Records;

/// <summary>The resource policy of one qualifier of a function, or of one version of a layer; spec (service) 7.</summary>
public sealed record PolicyRecord
{
    /// <summary>A function's name, or <c>layer:</c> and a layer's.</summary>
    public required string Resource { get; init; }

    /// <summary>Empty for the function itself.</summary>
    public required string Qualifier { get; init; }

    public required string RevisionId { get; init; }

    /// <summary>In the order in which they came.</summary>
    public required IReadOnlyList<PolicyStatement> Statements { get; init; }
}
