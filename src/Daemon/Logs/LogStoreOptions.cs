namespace Thaw.Daemon.Logs;

/// <summary>Where logs lie, and how much of them is kept.</summary>
internal sealed record LogStoreOptions
{
    /// <summary>A folder of the store's own; created when the first entry comes.</summary>
    public required string Folder { get; init; }

    /// <summary>A segment that would become larger ends, and the next one begins; in bytes.</summary>
    public int SegmentBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Of one group; the oldest segment goes first; in bytes.</summary>
    public long GroupBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Of all groups together; in bytes.</summary>
    public long TotalBytes { get; init; } = 1024L * 1024 * 1024;

    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Of one group; the oldest that nobody writes to is forgotten, with its entries.</summary>
    public int MaxStreams { get; init; } = 1_000;

    /// <summary>How long an entry may wait for others before they are written together.</summary>
    public TimeSpan WriteDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>So much waiting in one group is written at once; in bytes.</summary>
    public int KickBytes { get; init; } = 128 * 1024;

    /// <summary>With so much waiting in one group, whoever brings output waits; in bytes.</summary>
    public int RoomBytes { get; init; } = 1024 * 1024;

    /// <summary>How long it waits at most. Exits come by the same link as output, so it must not stand still.</summary>
    public TimeSpan RoomDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What may wait in one group; more is dropped and counted; in bytes.</summary>
    public int BufferBytes => 2 * RoomBytes;
}
