using System.Collections;
using Thaw.Contracts;
using Thaw.Lifecycle.Scheduling;

namespace Thaw.Lifecycle;

/// <summary>
/// The moments of one invoke, and the spans between them that telemetry reports; spec 4.4. The wall clock is read once, at dispatch: what
/// comes later is so much later, whatever is done to that clock meanwhile.
/// </summary>
/// <param name="deadline">Begins to run at dispatch.</param>
internal sealed class InvokeTimes(TimeProvider time, Deadline deadline)
{
    private long? sent, firstByte, lastByte, runtimeDone, ended;

    public Deadline Deadline => deadline;

    public DateTimeOffset DispatchedAt => deadline.At - deadline.Budget;

    /// <summary>This moment.</summary>
    public DateTimeOffset Now => At(time.GetTimestamp());

    public long? ProducedBytes { get; private set; }

    /// <summary>How long it took, as soon as it has ended.</summary>
    public TimeSpan SinceDispatch => Between(deadline.Started, ended)!.Value;

    /// <summary>Event sent until the runtime's next; null when no event was sent.</summary>
    public TimeSpan? RuntimeDuration => Between(sent, runtimeDone);

    public void EventSent() => sent = time.GetTimestamp();

    public void FirstByte() => firstByte ??= time.GetTimestamp();

    public void LastByte(long producedBytes)
    {
        lastByte = time.GetTimestamp();
        ProducedBytes = producedBytes;
    }

    /// <returns>The moment, on the wall clock.</returns>
    public DateTimeOffset RuntimeDone() => At((runtimeDone = time.GetTimestamp()).Value);

    /// <inheritdoc cref="RuntimeDone"/>
    public DateTimeOffset Ended() => At((ended = time.GetTimestamp()).Value);

    /// <param name="askedForNext">Otherwise the runtime was stopped or ended by itself, and its overhead has no end.</param>
    public IReadOnlyList<Span> RuntimeSpans(bool askedForNext) =>
        askedForNext ? new SpansOnDemand(this) : RuntimeSpansNow(askedForNext: false);

    /// <param name="askedForNext">There are extensions, and each that had the event has asked for the next.</param>
    public IReadOnlyList<Span> ReportSpans(bool askedForNext)
    {
        if (!askedForNext)
            return [];
        List<Span> spans = new(capacity: 1);
        Add(spans, "extensionOverhead", runtimeDone, ended);
        return spans;
    }

    private List<Span> RuntimeSpansNow(bool askedForNext)
    {
        List<Span> spans = new(capacity: 3);
        Add(spans, "responseLatency", sent, firstByte);
        Add(spans, "responseDuration", firstByte, lastByte);
        if (askedForNext)
            Add(spans, "runtimeOverhead", lastByte, runtimeDone);
        return spans;
    }

    private void Add(List<Span> spans, string name, long? from, long? to)
    {
        if (Between(from, to) is { } duration)
            spans.Add(new Span(name, At(from!.Value), duration));
    }

    private DateTimeOffset At(long moment) => DispatchedAt + time.GetElapsedTime(deadline.Started, moment);

    private TimeSpan? Between(long? from, long? to) =>
        from is { } start && to is { } end ? time.GetElapsedTime(start, end) : null;

    /// <summary>
    /// Those of the runtime, made when somebody looks: subscribers do, and logs in JSON. It has asked for the next event, so that all
    /// moments have been.
    /// </summary>
    private sealed class SpansOnDemand(InvokeTimes times) : IReadOnlyList<Span>
    {
        private IReadOnlyList<Span>? made;

        public int Count => Made.Count;

        private IReadOnlyList<Span> Made => made ??= times.RuntimeSpansNow(askedForNext: true);

        public Span this[int index] => Made[index];

        public IEnumerator<Span> GetEnumerator() => Made.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
