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
        var running = new Dictionary<int, string>(query.Running ?? new Dictionary<int, string>());
        var (position, bytes, looks) = (query.After, 0, 0);
        var segments = group.Segments;
        var hasGap = segments.Count > 0 && segments[0].First > query.After && query.After > 0;
        foreach (var segment in segments)
        {
            // What is added from now on is for the next page.
            var end = segment.End;
            if (end <= position)
                continue;
            var knowsRunning = query.Running is not null && query.After >= segment.First;
            if (!knowsRunning)
                running.Clear();
            position = Math.Max(position, segment.First);
            var isOfAnotherTime = segment.LastTime < query.From || segment.FirstTime >= query.To;
            if (!isOfAnotherTime || segment == segments[^1])
            {
                using var scan = Open(segment, knowsRunning ? position - segment.First : 0, end - segment.First);
                while (scan?.MoveNext() == true)
                {
                    var here = segment.First + scan.Offset;
                    if (here >= position && looks++ == query.MaxLooks)
                        return new(events, here, ReachedEnd: false, hasGap) { Running = running };
                    if (Seen(scan, segment.First, query, names, running) is not { } found)
                        continue;
                    bytes += (int)(found.End - found.Position);
                    if (events.Count == query.Limit || (bytes > query.MaxBytes && events.Count > 0))
                        return new(events, found.Position, ReachedEnd: false, hasGap) { Running = running };
                    events.Add(found);
                }
            }

            position = end;
        }

        return new(events, position, ReachedEnd: true, hasGap) { Running = running };
    }

    private LogPage Last(LogQuery query)
    {
        group.Flush();
        var names = Names(query);
        var events = new LinkedList<LogEvent>();
        var bytes = 0;
        var here = Math.Min(query.Before, group.End);
        foreach (var segment in group.Segments.Reverse().Where(segment => segment.First < query.Before))
        {
            if (segment.LastTime < query.From || segment.FirstTime >= query.To)
                continue;

            // Only as many as can still be wanted are kept of what comes before them.
            var last = new Queue<LogEvent>();
            using var scan = Open(segment, 0, segment.Length);
            foreach (var found in Found(scan, segment, query, names, []))
            {
                last.Enqueue(found);
                if (last.Count > query.Limit - events.Count)
                    last.Dequeue();
            }

            foreach (var found in last.Reverse())
            {
                bytes += (int)(found.End - found.Position);
                if (bytes > query.MaxBytes && events.Count > 0)
                    return new([.. events], events.Last!.Value.End, ReachedEnd: false);
                events.AddFirst(found);
            }

            if (events.Count == query.Limit)
                break;
        }

        return new([.. events], events.Last?.Value.End ?? here, ReachedEnd: true);
    }

    private Dictionary<int, string> Names(LogQuery query) => group.Streams()
        .Where(stream => query.Streams is null || query.Streams(stream.Name))
        .ToDictionary(stream => stream.Number, stream => stream.Name);

    // Which requests are at work a segment tells from its beginning, so that is where a look at one begins, unless they are known.
    private static IEnumerable<LogEvent> Found(
        SegmentScan? scan, Segment segment, LogQuery query, Dictionary<int, string> names, Dictionary<int, string> running)
    {
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
    private static SegmentScan? Open(Segment segment, long from, long length)
    {
        try
        {
            return length > from ? new SegmentScan(segment, from, length) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Dictionary<int, StreamShare> SharesIn(Segment segment)
    {
        var shares = new Dictionary<int, StreamShare>();
        using var scan = Open(segment, 0, segment.Length);
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
