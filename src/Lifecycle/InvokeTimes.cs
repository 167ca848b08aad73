using Thaw.Contracts;

namespace Thaw.Lifecycle;

/// <summary>The moments of one invoke, and the spans between them that telemetry reports; spec 4.4.</summary>
internal sealed class InvokeTimes(TimeProvider time)
{
    private readonly long dispatched = time.GetTimestamp();
    private readonly DateTimeOffset dispatchedAt = time.GetUtcNow();
    private long? sent, firstByte, lastByte, runtimeDone;

    public long? ProducedBytes { get; private set; }

    public TimeSpan SinceDispatch => time.GetElapsedTime(dispatched);

    /// <summary>Event sent until the runtime's next; null when no event was sent.</summary>
    public TimeSpan? RuntimeDuration => Between(sent, runtimeDone);

    public void EventSent() => sent = time.GetTimestamp();

    public void FirstByte() => firstByte ??= time.GetTimestamp();

    public void LastByte(long producedBytes)
    {
        lastByte = time.GetTimestamp();
        ProducedBytes = producedBytes;
    }

    public void RuntimeDone() => runtimeDone = time.GetTimestamp();

    public IReadOnlyList<Span> RuntimeSpans()
    {
        List<Span> spans = new(capacity: 3);
        Add(spans, "responseLatency", sent, firstByte);
        Add(spans, "responseDuration", firstByte, lastByte);
        Add(spans, "runtimeOverhead", lastByte, runtimeDone);
        return spans;
    }

    public IReadOnlyList<Span> ReportSpans(bool hasExtensions)
    {
        if (!hasExtensions)
            return [];
        List<Span> spans = new(capacity: 1);
        Add(spans, "extensionOverhead", runtimeDone, time.GetTimestamp());
        return spans;
    }

    private void Add(List<Span> spans, string name, long? from, long? to)
    {
        if (Between(from, to) is { } duration)
            spans.Add(new Span(name, dispatchedAt + time.GetElapsedTime(dispatched, from!.Value), duration));
    }

    private TimeSpan? Between(long? from, long? to) =>
        from is { } start && to is { } end ? time.GetElapsedTime(start, end) : null;
}
