using Thaw.Contracts;

namespace Thaw.Telemetry.Subscriptions;

/// <summary>
/// What has happened since Init began, for those who subscribe later; spec: ENV-095. Of a function that writes a lot it keeps the last
/// lines, and all platform events.
/// </summary>
internal sealed class ReplayBuffer
{
    private readonly LinkedList<LifecycleEvent> events = [];
    private readonly Dictionary<TelemetryTypes, (long Records, long Bytes)> dropped = [];
    private long bytes;
    private long records;

    public void Add(LifecycleEvent happened)
    {
        if (SizeOf(happened) is not { } size)
            return;
        events.AddLast(happened is OutputLines lines ? lines.Copy() : happened);
        (records, bytes) = (records + size.Records, bytes + size.Bytes);
        while ((records > Limits.ReplayedEvents || bytes > Limits.ReplayBytes) && DropOldestLines())
        {
        }
    }

    public void ReplayTo(Subscriber subscriber)
    {
        var lost = dropped.Where(type => subscriber.Wants(type.Key)).Select(type => type.Value).ToList();
        if (lost.Count > 0)
            subscriber.Drop(lost.Sum(type => type.Records), lost.Sum(type => type.Bytes));
        foreach (var happened in events)
            subscriber.Take(happened);
    }

    // Platform events are few, however long an Init lasts, and the first ones are what late subscribers come for.
    private bool DropOldestLines()
    {
        var oldest = events.First;
        while (oldest is { Value: PlatformEvent })
            oldest = oldest.Next;
        if (oldest is null)
            return false;

        var size = SizeOf(oldest.Value)!.Value;
        (records, bytes) = (records - size.Records, bytes - size.Bytes);
        var type = SubscribedRecords.TypeOf(oldest.Value);
        var before = dropped.GetValueOrDefault(type);
        dropped[type] = (before.Records + size.Records, before.Bytes + size.Bytes);
        events.Remove(oldest);
        return true;
    }

    private static (long Records, long Bytes)? SizeOf(LifecycleEvent happened) => happened switch
    {
        OutputLines lines => (1 + lines.Text.Span.Count((byte)'\n'), lines.Text.Length),
        LogFrame frame => (1, frame.Text.Length),
        PlatformEvent => (1, 0),
        _ => null,
    };
}
