namespace Thaw.Store.Records;

/// <summary>An event that was accepted and has not come to its end; spec (service) 10.1.</summary>
public sealed record QueuedEvent
{
    /// <summary>What <see cref="DueAt"/> is until it is put off for the first time.</summary>
    public const long AtOnce = 0;

    /// <summary>In the order of names this lies between all that are due at once and all that were put off.</summary>
    public const string BeforeLater = "0000000000000001";

    /// <summary>When it is due, in milliseconds since 1970, or <see cref="AtOnce"/>.</summary>
    public long DueAt { get; init; }

    /// <summary>From <see cref="IStoreWriter.NextNumber"/>; the order of those that are due at once.</summary>
    public long Number { get; init; }

    /// <summary>The same for all attempts.</summary>
    public required string RequestId { get; init; }

    public required string Function { get; init; }

    /// <summary>As invoked; null when unqualified.</summary>
    public string? Qualifier { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>How often it has been tried.</summary>
    public int Attempts { get; init; }

    /// <summary>How often it was turned away in a row: that uses up no attempt, but makes the next pause longer.</summary>
    public int Throttles { get; init; }

    public string? TraceId { get; init; }

    public string? ClientContext { get; init; }

    public string? TenantId { get; init; }

    public required ReadOnlyMemory<byte> Payload { get; init; }
}
