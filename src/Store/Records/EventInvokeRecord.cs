namespace Thaw.Store.Records;

/// <summary>How asynchronous invocations of one qualifier are retried, and where they go in the end; spec (service) 10.2.</summary>
public sealed record EventInvokeRecord
{
    public required string Function { get; init; }

    /// <summary><c>$LATEST</c>, a version or an alias: what was invoked.</summary>
    public required string Qualifier { get; init; }

    /// <summary>0 to 2; null for the default of 2.</summary>
    public int? MaximumRetryAttempts { get; init; }

    /// <summary>60 to 21,600; null for the default of 21,600.</summary>
    public int? MaximumEventAgeInSeconds { get; init; }

    public string? OnSuccess { get; init; }

    public string? OnFailure { get; init; }

    public required DateTimeOffset LastModified { get; init; }
}
