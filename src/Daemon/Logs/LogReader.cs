using System.Text;
using Thaw.Telemetry.Lines;

namespace Thaw.Daemon.Logs;

/// <summary>Reads a group: all that was added before the call, also what had not been written yet.</summary>
internal sealed class LogReader(LogGroupFile group)
{
    /// <summary>The first events from a position on.</summary>
    public Task<LogPage> ReadAsync(LogQuery query) => Task.Run(() => Read(query));

    /// <summary>The last events before a position.</summary>
    public Task<LogPage> LastAsync(LogQuery query) => Task.Run(() => Last(query));

    /// <summary>What each stream has in all segments together; streams of which nothing is left are not in it.</summary>
    public Task<Dictionary<int, StreamShare>> SharesAsync() => Task.Run(Shares);

    private LogPage Read(LogQuery query)
    {
        group.Flush();
        var names = Names(query);
        var events = new List<LogEvent>();
        var (position, bytes) = (query.After, 0);
        var segments = group.Segments;
        var hasGap = segments.Count > 0 && segments[0].First > query.After && query.After > 0;
        foreach (var segment in segments)
        {
            if (segment.End <= position)
                continue;
            position = Math.Max(position, segment.First);
            if (segment.LastTime < query.From || segment.FirstTime >= query.To)
            {
                position = segment.End;
                continue;
            }

            foreach (var found in Found(segment, query with { After = position }, names))
            {
                bytes += (int)(found.End - found.Position);
                if (events.Count == query.Limit || (bytes > query.MaxBytes && events.Count > 0))
                    return new(events, found.Position, ReachedEnd: false, hasGap);
                events.Add(found);
                position = found.End;
            }

            position = segment.End;
        }

        return new(events, position, ReachedEnd: true, hasGap);
    }

    private LogPage Last(LogQuery query)
    {
        group.Flush();
        var names = Names(query);
        var events = new LinkedList<LogEvent>();
        var segments = group.Segments;
        var bytes = 0;
        foreach (var segment in segments.Reverse().Where(segment => segment.First < query.Before))
        {
            if (segment.LastTime < query.From || segment.FirstTime >= query.To)
                continue;

            // Only as many as can still be wanted are kept of what comes before them.
            var last = new Queue<LogEvent>();
            foreach (var found in Found(segment, query, names))
            {
                last.Enqueue(found);
                if (last.Count > query.Limit - events.Count)
                    last.Dequeue();
            }

            foreach (var found in last.Reverse())
            {
                bytes += (int)(found.End - found.Position);
                if (bytes > query.MaxBytes && events.Count > 0)
                    return new([.. events], events.Last!.Value.End, ReachedEnd: false, HasGap: false);
                events.AddFirst(found);
            }

            if (events.Count == query.Limit)
                break;
        }

        return new([.. events], events.Last?.Value.End ?? Math.Min(query.Before, group.End), ReachedEnd: true, HasGap: false);
    }

    private Dictionary<int, string> Names(LogQuery query) => group.Streams()
        .Where(stream => query.Streams is null || query.Streams(stream.Name))
        .ToDictionary(stream => stream.Number, stream => stream.Name);

    // Which requests are at work a segment tells from its beginning, so that is where each look at one begins.
    private static IEnumerable<LogEvent> Found(Segment segment, LogQuery query, Dictionary<int, string> names)
    {
        using var scan = Open(segment);
        var running = new Dictionary<int, string>();
        while (scan?.MoveNext() == true && segment.First + scan.Offset < query.Before)
        {
            if (Seen(scan, segment.First, query, names, running) is { } found)
                yield return found;
        }
    }

    private static LogEvent? Seen(
        SegmentScan scan, long first, LogQuery query, Dictionary<int, string> names, Dictionary<int, string> running)
    {
        var entry = scan.Current;
        if (!names.TryGetValue(entry.Stream, out var stream))
            return null;
        var tells = query.TellsRequests || query.Request is not null;
        switch (entry.Kind)
        {
            case EntryKind.RequestBegan when tells:
                running[entry.Stream] = Encoding.UTF8.GetString(entry.Message);
                return null;
            case EntryKind.RequestEnded when tells:
                running.Remove(entry.Stream);
                return null;
            case >= EntryKind.RequestBegan:
                return null;
        }

        if (first + scan.Offset < query.After || entry.Time < query.From || entry.Time >= query.To)
            return null;
        var request = tells ? running.GetValueOrDefault(entry.Stream) : null;
        return (query.Request is not null && request != query.Request) || query.Matches?.Invoke(entry.Message) == false
            ? null
            : new(first + scan.Offset, first + scan.Next, stream, entry.Time, entry.Ingestion, (LogSource)entry.Kind, request,
                Encoding.UTF8.GetString(entry.Message));
    }

    // Null when it has been removed meanwhile, or nobody can read it: what comes behind it is shown all the same.
    private static SegmentScan? Open(Segment segment)
    {
        try
        {
            return segment.Length > 0 ? new SegmentScan(segment) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Dictionary<int, StreamShare> SharesIn(Segment segment)
    {
        var shares = new Dictionary<int, StreamShare>();
        using var scan = Open(segment);
        while (scan?.MoveNext() == true)
        {
            var entry = scan.Current;
            if (entry.Kind >= EntryKind.RequestBegan)
                continue;
            var share = StreamShare.Of(entry);
            shares[entry.Stream] = shares.TryGetValue(entry.Stream, out var before) ? before.And(share) : share;
        }

        return shares;
    }

    private Dictionary<int, StreamShare> Shares()
    {
        group.Flush();
        var sum = new Dictionary<int, StreamShare>();
        var segments = group.Segments;
        foreach (var segment in segments)
        {
            var shares = segment.Shares ?? SharesIn(segment);
            if (segment != segments[^1])
                segment.Shares = shares;
            foreach (var (stream, share) in shares)
                sum[stream] = sum.TryGetValue(stream, out var before) ? before.And(share) : share;
        }

        return sum;
    }
}
