namespace Thaw.Daemon.Logs;

/// <summary>Entries on their way to the disk, one behind the other.</summary>
internal sealed class EntryBuffer
{
    private const int FirstBytes = 4 * 1024;

    private byte[] bytes = [];

    public int Length { get; private set; }

    /// <summary>The events in them: of a run, its lines.</summary>
    public int Count { get; private set; }

    /// <summary>Of the entries that it holds, in milliseconds since 1970.</summary>
    public long FirstTime { get; private set; } = long.MaxValue;

    public long LastTime { get; private set; } = long.MinValue;

    /// <summary>Which streams belonged to a request before the first entry came.</summary>
    public IReadOnlyList<(int Stream, string Request)> Running { get; set; } = [];

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    /// <param name="message">With</param>
    /// <param name="end">at its end.</param>
    public void Add(in EntryHead head, ReadOnlySpan<byte> message, ReadOnlySpan<byte> end = default)
    {
        var size = StoredEntry.HeaderBytes + message.Length + end.Length;
        if (Length + size > bytes.Length)
            Array.Resize(ref bytes, Math.Max(Math.Max(bytes.Length * 2, FirstBytes), Length + size));
        StoredEntry.Write(bytes.AsSpan(Length, size), head, message, end);
        Length += size;
        Count += head.IsRun ? message.Count((byte)'\n') + end.Count((byte)'\n') : 1;
        FirstTime = Math.Min(FirstTime, head.Time);
        LastTime = Math.Max(LastTime, head.Time);
    }

    public void Clear() => (Length, Count, FirstTime, LastTime, Running) = (0, 0, long.MaxValue, long.MinValue, []);

    /// <summary>Gives up what only a flood needs. To be called while it is empty.</summary>
    public void Shrink(int keptBytes)
    {
        if (bytes.Length > keptBytes)
            bytes = [];
    }
}
