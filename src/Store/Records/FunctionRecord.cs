namespace Thaw.Store.Records;

/// <summary>A function: what holds for all of its versions; spec (service) 4 to 7.</summary>
public sealed record FunctionRecord
{
    /// <summary>The bare name, at most 64 characters.</summary>
    public required string Name { get; init; }

    /// <summary>The highest version number ever published; 0 before the first. Numbers are never used again.</summary>
    public int LastVersion { get; init; }

    /// <summary>The <see cref="VersionRecord.Change"/> of <c>$LATEST</c> that was published last; 0 before the first time.</summary>
    public long PublishedChange { get; init; }

    /// <summary>At most 50.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Invocations at once of all versions together; null when nothing is reserved.</summary>
    public int? ReservedConcurrency { get; init; }

    /// <summary><c>Terminate</c> or <c>Allow</c>.</summary>
    public string RecursiveLoop { get; init; } = "Terminate";

    public string? CodeSigningConfigArn { get; init; }
}
