namespace Thaw.Daemon.Logs;

/// <summary>Entries on their way to the disk, one behind the other.</summary>
internal sealed class EntryBuffer
{
    private const int FirstBytes = 4 * 1024;

    private byte[] bytes = [];

    public int Length { get; private set; }

    public int Count { get; private set; }

    /// <summary>Of the entries that it holds, in milliseconds since 1970.</summary>
    public long FirstTime { get; private set; } = long.MaxValue;

    public long LastTime { get; private set; } = long.MinValue;

    /// <summary>Which streams belonged to a request before the first entry came.</summary>
    public IReadOnlyList<(int Stream, string Request)> Running { get; set; } = [];

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    public void Add(EntryKind kind, byte severity, int stream, long time, long ingestion, ReadOnlySpan<byte> message)
    {
        var size = StoredEntry.HeaderBytes + message.Length;
        if (Length + size > bytes.Length)
            Array.Resize(ref bytes, Math.Max(Math.Max(bytes.Length * 2, FirstBytes), Length + size));
        StoredEntry.Write(bytes.AsSpan(Length, size), kind, severity, stream, time, ingestion, message);
        Length += size;
        Count++;
        FirstTime = Math.Min(FirstTime, time);
        LastTime = Math.Max(LastTime, time);
    }

    /// <summary>Empties it, and gives up what only a flood needs.</summary>
    public void Clear(int keptBytes)
    {
        if (bytes.Length > keptBytes)
            bytes = [];
        (Length, Count, FirstTime, LastTime, Running) = (0, 0, long.MaxValue, long.MinValue, []);
    }
}
