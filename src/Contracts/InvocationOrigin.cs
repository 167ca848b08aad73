namespace Thaw.Contracts;

/// <summary>Where an invocation comes from, as telemetry tells it; spec 4.4.</summary>
/// <param name="TraceHeader">The whole X-Ray header; null when there is none.</param>
/// <param name="SpanId">Of the segment that this invocation is, 16 hexadecimal digits; null unless the trace is sampled.</param>
/// <param name="TenantId">Null for functions without tenant isolation.</param>
public sealed record InvocationOrigin(string? TraceHeader, string? SpanId = null, string? TenantId = null)
{
    public static InvocationOrigin None { get; } = new(TraceHeader: null);

    /// <summary>Whether the caller sent no trace, and the header is one that we began.</summary>
    public bool BeginsTrace { get; init; }
}
