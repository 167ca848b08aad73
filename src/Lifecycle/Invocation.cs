using Thaw.Contracts;

namespace Thaw.Lifecycle;

/// <summary>One attempt at one request, as its caller gave it.</summary>
public sealed record Invocation
{
    public required RequestId RequestId { get; init; }

    public required InvocationId InvocationId { get; init; }

    /// <summary>The event, passed on unchanged; at most <see cref="Limits.BufferedPayloadBytes"/>.</summary>
    public required ReadOnlyMemory<byte> Event { get; init; }

    /// <summary>Who reads the event's memory, if somebody wants to use it again; null when nobody does.</summary>
    public EventReaders? EventReaders { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>With the qualifier that the caller used; spec: ENV-049.</summary>
    public required string InvokedFunctionArn { get; init; }

    public InvocationOrigin Origin { get; init; } = InvocationOrigin.None;

    /// <summary>When its caller's request arrived; null when it had none.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    public string? TraceId => Origin.TraceHeader;

    /// <summary>JSON text, already decoded.</summary>
    public string? ClientContext { get; init; }

    public string? CognitoIdentity { get; init; }

    public string? TenantId => Origin.TenantId;

    /// <summary>Where the answer goes.</summary>
    public required IInvocationResponse Response { get; init; }
}

/// <summary>
/// What the caller receives. Implementations are safe for calls from two threads: an error may end a response that is just being written,
/// and whatever comes after the end is dropped in silence.
/// </summary>
public interface IInvocationResponse
{
    /// <summary>The runtime has begun to answer.</summary>
    void Begin(string? contentType);

    /// <summary>The next bytes. Waits while the caller is slow; returns at once when it is gone.</summary>
    /// <param name="bytes">Lent until this returns: those of a stream lie in the buffers of the connection that they came by.</param>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop);

    /// <summary>The response is whole.</summary>
    void Complete();

    /// <summary>Whether it keeps a whole response as it is, without waiting and without a copy.</summary>
    bool TakesWhole => false;

    /// <summary>The whole response at once, in memory that is the response's own from now on; if <see cref="TakesWhole"/>.</summary>
    void Take(string? contentType, ReadOnlyMemory<byte> whole) => throw new NotSupportedException();

    /// <summary>The invocation failed, before the response began or in its middle.</summary>
    void Fail(InvocationError error);
}

/// <summary>What a caller gets instead of a response: a body that the runtime posted, or one that we generated.</summary>
public sealed record InvocationError(ErrorType ErrorType, ReadOnlyMemory<byte> Body, string ContentType);
