namespace Thaw.Store.Records;

/// <summary>Who may sign code. Taken and given back: nothing is checked by it.</summary>
public sealed record CodeSigningConfigRecord
{
    /// <summary>The last part of its ARN.</summary>
    public required string Id { get; init; }

    public string Description { get; init; } = "";

    public required IReadOnlyList<string> SigningProfileVersionArns { get; init; }

    /// <summary><c>Warn</c> or <c>Enforce</c>.</summary>
    public string UntrustedArtifactOnDeployment { get; init; } = "Warn";

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    public required DateTimeOffset LastModified { get; init; }
}
