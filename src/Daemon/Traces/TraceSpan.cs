namespace Thaw.Daemon.Traces;

/// <summary>One span of OpenTelemetry's.</summary>
/// <param name="TraceId">32 hexadecimal digits.</param>
/// <param name="SpanId">16 hexadecimal digits.</param>
/// <param name="ParentId">Null for the first of its trace.</param>
internal sealed record TraceSpan(string TraceId, string SpanId, string? ParentId, string Name, DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>Whether it answers a call from outside; the others are its parts.</summary>
    public bool IsServer { get; init; }

    /// <summary>Values are strings, whole numbers (long) and truths (bool).</summary>
    public IReadOnlyList<KeyValuePair<string, object>> Attributes { get; init; } = [];

    public IReadOnlyList<SpanLink> Links { get; init; } = [];

    /// <summary>Why it failed; null when it did not.</summary>
    public string? ErrorType { get; init; }

    /// <summary>In nanoseconds since 1970, as OTLP wants it.</summary>
    public static ulong Nanoseconds(DateTimeOffset time) => (ulong)Math.Max(0, (time - DateTimeOffset.UnixEpoch).Ticks) * 100;
}

/// <summary>Another span that has to do with it, in whichever trace.</summary>
internal sealed record SpanLink(string TraceId, string SpanId);
