using System.Text;

namespace Thaw.Daemon.Logs;

/// <summary>The files of one group: entries go to the end of the last one. Whoever writes or removes holds the group's disk lock.</summary>
internal sealed class SegmentFiles(LogStoreOptions options, string folder)
{
    private volatile Segment[] all = Segment.In(folder);
    private bool isCut;

    /// <summary>In order. Any of them may be gone when it is opened.</summary>
    public IReadOnlyList<Segment> All => all;

    public long Bytes => all.Sum(segment => segment.Length);

    /// <summary>The position of the next entry.</summary>
    public long End => all is [.., var last] ? last.End : 0;

    /// <summary>Cuts off what a daemon that was killed had written to the half. To be called before anybody reads or writes.</summary>
    public void CutTornEnd()
    {
        if (isCut)
            return;
        if (all is [.., { Length: > 0 } last])
        {
            using var scan = new SegmentScan(last, 0, last.Length);
            while (scan.MoveNext())
            {
                // Whole ones stay.
            }

            last.CutTo(scan.Next);
        }

        isCut = true;
    }

    /// <summary>Writes entries behind all others, in a new segment when the last one is full.</summary>
    /// <exception cref="IOException">They are not written, and the same ones may be tried again.</exception>
    public void Append(EntryBuffer entries, long now)
    {
        if (all is not [.., { Length: > 0 } last] || last.Length + entries.Length > options.SegmentBytes)
            last = Roll(entries.Running, now);
        Write(last, entries);
        while (all.Length > 1 && Bytes > options.GroupBytes)
            RemoveOldest();
    }

    /// <summary>The last segment goes too, when nothing else is left: its successor keeps the position.</summary>
    public void RemoveOldest()
    {
        var oldest = all[0];
        if (all.Length == 1 && oldest.Length == 0)
            return;
        all = all.Length == 1 ? [Segment.New(folder, oldest.End)] : all[1..];
        try
        {
            if (all is [{ Length: 0 } only])
                File.Create(only.Path).Dispose();
            File.Delete(oldest.Path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next start finds it again.
        }
    }

    // What a segment says of requests begins with itself: those before it may be gone.
    private Segment Roll(IReadOnlyList<(int Stream, string Request)> running, long now)
    {
        var next = all is [.., { Length: 0 } empty] ? empty : Segment.New(folder, End);
        var begun = new EntryBuffer();
        foreach (var (stream, request) in running)
            begun.Add(new EntryHead(EntryKind.RequestBegan, 0, stream, now, now), Encoding.UTF8.GetBytes(request));
        Write(next, begun);
        if (all is not [.., var last] || last != next)
            all = [.. all, next];
        return next;
    }

    private static void Write(Segment segment, EntryBuffer entries)
    {
        // At its place: what an attempt on a full disk has left is written over.
        using var file = File.OpenHandle(segment.Path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(file, entries.Written, segment.Length);
        segment.Grow(entries.Length, entries.FirstTime, entries.LastTime);
    }
}
