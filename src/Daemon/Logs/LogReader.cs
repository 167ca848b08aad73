using System.Text;
using Thaw.Telemetry.Lines;

namespace Thaw.Daemon.Logs;

/// <summary>Reads a group: all that happened before the call, also what had not been told or written yet.</summary>
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
        group.Gather();
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
                using var scan = Open(segment, knowsRunning ? segment.MarkBefore(position - segment.First) : 0, end - segment.First);
                while (scan?.MoveNext() == true)
                {
                    var here = segment.First + scan.Offset;
                    if (here >= position && looks++ == query.MaxLooks)
                        return new(events, here, ReachedEnd: false, hasGap) { Running = running };
                    if (!IsWanted(scan, segment.First, query, names, running, out var request))
                        continue;
                    var found = Event(scan, segment.First, names, request);
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
        group.Gather();
        var names = Names(query);
        var events = new LinkedList<LogEvent>();
        var bytes = 0;
        var here = Math.Min(query.Before, group.End);
        foreach (var (segment, from, to) in PiecesFromTheEnd(query))
        {
            foreach (var found in LastOf(segment, from, to, query, query.Limit - events.Count, names))
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

    // Who only wants the last events need not read what may be megabytes before them.
    private IEnumerable<(Segment Segment, long From, long To)> PiecesFromTheEnd(LogQuery query)
    {
        foreach (var segment in group.Segments.Reverse())
        {
            if (segment.LastTime < query.From || segment.FirstTime >= query.To)
                continue;
            var to = segment.Length;
            foreach (var from in query.WantsRequests ? [0] : segment.Marks.Reverse())
            {
                if (segment.First + from < query.Before)
                    yield return (segment, from, to);
                to = from;
            }
        }
    }

    private Dictionary<int, string> Names(LogQuery query) => group.Streams()
        .Where(stream => query.Streams is null || query.Streams(stream.Name))
        .ToDictionary(stream => stream.Number, stream => stream.Name);

    /// <summary>The last one first, and no more than these are made: a segment may have a hundred thousand.</summary>
    private static List<LogEvent> LastOf(
        Segment segment, long from, long to, LogQuery query, int count, Dictionary<int, string> names)
    {
        var last = new Queue<(long Entry, long Offset, string? Request)>();
        var running = new Dictionary<int, string>();
        using (var scan = Open(segment, from, to))
        {
            while (scan?.MoveNext() == true && segment.First + scan.Offset < query.Before)
            {
                if (!IsWanted(scan, segment.First, query, names, running, out var request))
                    continue;
                if (last.Count == count)
                    last.Dequeue();
                last.Enqueue((scan.Entry, scan.Offset, request));
            }
        }

        var events = new List<LogEvent>(last.Count);
        using (var scan = last.Count > 0 ? Open(segment, last.Peek().Entry, to) : null)
        {
            while (last.TryPeek(out var next) && scan?.MoveNext() == true)
            {
                if (scan.Offset == next.Offset)
                    events.Add(Event(scan, segment.First, names, last.Dequeue().Request));
            }
        }

        events.Reverse();
        return events;
    }

    private static bool IsWanted(
        SegmentScan scan, long first, LogQuery query, Dictionary<int, string> names, Dictionary<int, string> running, out string? request)
    {
        request = null;
        var entry = scan.Current;
        if (!names.ContainsKey(entry.Stream))
            return false;
        switch (entry.Kind)
        {
            case EntryKind.RequestBegan when query.WantsRequests:
                running[entry.Stream] = Encoding.UTF8.GetString(entry.Message);
                return false;
            case EntryKind.RequestEnded when query.WantsRequests:
                running.Remove(entry.Stream);
                return false;
            case >= EntryKind.RequestBegan:
                return false;
        }

        if (first + scan.Offset < query.After || entry.Time < query.From || entry.Time >= query.To)
            return false;
        request = query.WantsRequests ? running.GetValueOrDefault(entry.Stream) : null;
        return (query.Request is null || request == query.Request) && query.Matches?.Invoke(entry.Message) != false;
    }

    private static LogEvent Event(SegmentScan scan, long first, Dictionary<int, string> names, string? request)
    {
        var entry = scan.Current;
        return new(first + scan.Offset, first + scan.Next, names[entry.Stream], entry.Time, entry.Ingestion, (LogSource)entry.Kind, request,
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
        group.Gather();
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
