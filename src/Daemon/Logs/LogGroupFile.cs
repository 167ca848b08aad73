using Thaw.Telemetry.Lines;

namespace Thaw.Daemon.Logs;

/// <summary>
/// One log group. Entries wait in a buffer until there are enough, or the oldest has waited long enough; then all are written at once.
///
///   environments --Add--> filling  &lt;--swap--> writing --Append--> segments --> readers
///
/// Adding takes one short lock and never waits for the disk. What a full disk does not take is tried again; what finds no room meanwhile
/// is dropped and counted.
/// </summary>
internal sealed class LogGroupFile : IThreadPoolWorkItem, IDisposable
{
    private readonly Lock gate = new(), disk = new();
    private readonly LogStoreOptions options;
    private readonly TimeProvider time;
    private readonly Action<long, string> lost;
    private readonly Action gather, rolled;
    private readonly string folder;
    private readonly StreamList streams;
    private readonly SegmentFiles segments;
    private readonly Dictionary<int, LogStream> atWork = [];
    private readonly ITimer soon;
    private EntryBuffer filling = new(), writing = new();    // The second one is empty but while it is written, or cannot be.
    private TaskCompletionSource? room, grown;
    private bool isArmed, isKicked;
    private volatile bool isFailing;
    private long dropped, end;

    /// <param name="gather">Adds what has happened and is not added yet.</param>
    /// <param name="lost">Hears how many entries are lost, and why.</param>
    /// <param name="rolled">Called when a new segment has begun.</param>
    public LogGroupFile(
        string folder,
        StreamList streams,
        LogStoreOptions options,
        TimeProvider time,
        Action gather,
        Action<long, string> lost,
        Action rolled)
    {
        (this.folder, this.streams, this.options, this.time) = (folder, streams, options, time);
        (this.gather, this.lost, this.rolled) = (gather, lost, rolled);
        segments = new SegmentFiles(options, folder);
        end = segments.End;
        soon = time.CreateTimer(_ => Flush(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Name => streams.Group;

    /// <summary>Milliseconds since 1970.</summary>
    public long Creation => streams.Creation;

    /// <summary>A group that somebody only asked for has none, and is not there for others.</summary>
    public bool HasStreams => Streams().Count > 0;

    public IReadOnlyList<Segment> Segments => segments.All;

    public long Bytes => segments.Bytes;

    /// <summary>The position behind all that is written.</summary>
    public long End => Volatile.Read(ref end);

    public IReadOnlyList<StreamName> Streams()
    {
        lock (gate)
            return [.. streams.All];
    }

    public LogStream Open(string name)
    {
        var now = Now();
        lock (gate)
        {
            var stream = new LogStream(this, streams.Add(name, now).Number);
            atWork[stream.Number] = stream;
            streams.TrimTo(options.MaxStreams, atWork.ContainsKey);
            Arm();
            return stream;
        }
    }

    /// <summary>Nothing more comes from this one.</summary>
    public void Close(LogStream stream)
    {
        lock (gate)
            atWork.Remove(stream.Number);
    }

    public void Add(LogStream stream, in LogEntry entry)
    {
        var now = Now();
        lock (gate)
        {
            Add(new EntryHead(stream.Number, entry, now), entry.Message[..Math.Min(entry.Message.Length, StoredEntry.MaxMessageBytes)]);
            WriteSoon();
        }
    }

    /// <inheritdoc cref="ILogEntries.AddLines"/>
    public void AddLines(LogStream stream, in LogEntry lines)
    {
        var head = new EntryHead(stream.Number, lines, Now(), isRun: true);
        lock (gate)
        {
            Add(head, lines.Message, "\n"u8);
            WriteSoon();
        }
    }

    /// <summary>From here on the stream's entries belong to this request; null for none.</summary>
    public void Mark(LogStream stream, string? request, ReadOnlySpan<byte> message)
    {
        var now = Now();
        var kind = request is null ? EntryKind.RequestEnded : EntryKind.RequestBegan;
        lock (gate)
        {
            stream.Request = request;
            Add(new EntryHead(kind, 0, stream.Number, now, now), message);
            WriteSoon();
        }
    }

    /// <summary>Completes when more output may come, or whoever brings it has waited long enough.</summary>
    public ValueTask RoomAsync()
    {
        if (Volatile.Read(ref filling).Length < options.RoomBytes || isFailing)
            return ValueTask.CompletedTask;
        lock (gate)
        {
            if (filling.Length < options.RoomBytes)
                return ValueTask.CompletedTask;
            room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new(WithPatienceAsync(room.Task));
        }
    }

    /// <summary>Completes when something is written behind a position.</summary>
    public Task GrowsBeyondAsync(long position, CancellationToken stop)
    {
        lock (gate)
        {
            if (end > position)
                return Task.CompletedTask;
            grown ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return grown.Task.WaitAsync(stop);
        }
    }

    void IThreadPoolWorkItem.Execute() => Flush();

    /// <summary>Writes all that has happened before. It takes as long as the disk does.</summary>
    public void Gather()
    {
        gather();
        Flush();
    }

    /// <summary>Writes all that has been added before. It takes as long as the disk does.</summary>
    public void Flush()
    {
        var before = Segments;
        lock (disk)
        {
            var losses = Swap();
            try
            {
                segments.CutTornEnd();
                Write();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                losses = (losses.Count, failure.Message);
            }

            Publish(losses.Why is not null);
            if (losses is { Count: > 0, Why: var why })
                lost(losses.Count, why ?? "functions write faster than the disk does");
        }

        if (Segments != before)
            rolled();
    }

    /// <summary>Removes a segment, if it is the oldest still.</summary>
    public void Remove(Segment oldest)
    {
        lock (disk)
        {
            if (segments.All is [var first, ..] && first == oldest)
                segments.RemoveOldest();
        }
    }

    /// <summary>Writes what is left, or loses it.</summary>
    public void Dispose()
    {
        soon.Dispose();
        Flush();
        Flush();    // What could not be written before the first one is still there.
        lock (gate)
        {
            if (writing.Count + filling.Count is var left and > 0)
                lost(left, "the disk does not take them");
        }
    }

    // As long as so much comes at once, the buffers stay as large as it made them: one of them would be garbage every few milliseconds.
    private bool IsFlood => writing.Length >= options.KickBytes;

    private int KeptBytes => 2 * options.KickBytes;

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    // A run that finds too little room is dropped as a whole: what remained of it would end in the middle of what was written at once.
    private void Add(in EntryHead head, ReadOnlySpan<byte> message, ReadOnlySpan<byte> end = default)
    {
        if (filling.Length + StoredEntry.HeaderBytes + message.Length + end.Length > options.BufferBytes)
            dropped += head.IsRun ? message.Count((byte)'\n') + 1 : 1;
        else
            filling.Add(head, message, end);
    }

    private void WriteSoon()
    {
        Arm();
        if (filling.Length < options.KickBytes || isKicked || isFailing)
            return;
        isKicked = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Arm()
    {
        if (isArmed)
            return;
        isArmed = true;
        soon.Change(isFailing ? options.RoomDelay : options.WriteDelay, Timeout.InfiniteTimeSpan);
    }

    private async Task WithPatienceAsync(Task emptied)
    {
        try
        {
            await emptied.WaitAsync(options.RoomDelay, time);
        }
        catch (TimeoutException)
        {
            // The disk is too slow: what has no room is dropped and counted.
        }
    }

    private (long Count, string? Why) Swap()
    {
        lock (gate)
        {
            (isArmed, isKicked) = (false, false);
            if (writing.Length == 0)
            {
                (writing, filling) = (filling, writing);
                if (!IsFlood)
                    filling.Shrink(KeptBytes);
                filling.Running =
                [
                    .. atWork.Values.Where(stream => stream.Request is not null).Select(stream => (stream.Number, stream.Request!)),
                ];
                room?.SetResult();
                room = null;
            }

            var losses = dropped;
            dropped = 0;
            return (losses, null);
        }
    }

    private void Write()
    {
        WriteStreams();
        if (writing.Length > 0)
            segments.Append(writing, Now());
        var mayShrink = !IsFlood;
        writing.Clear();
        if (mayShrink)
            writing.Shrink(KeptBytes);
    }

    private void WriteStreams()
    {
        byte[] text;
        bool anew;
        lock (gate)
        {
            if (!streams.HasUnwritten)
                return;
            (text, anew) = streams.TakeUnwritten();
        }

        try
        {
            Directory.CreateDirectory(folder);
            StreamList.Write(folder, text, anew);
        }
        catch
        {
            lock (gate)
                streams.WriteAgain();
            throw;
        }
    }

    private void Publish(bool hasFailed)
    {
        lock (gate)
        {
            isFailing = hasFailed;
            if (hasFailed || filling.Length > 0)
                Arm();
            if (segments.End == end)
                return;
            Volatile.Write(ref end, segments.End);
            grown?.SetResult();
            grown = null;
        }
    }
}
