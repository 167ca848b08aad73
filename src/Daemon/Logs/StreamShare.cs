namespace Thaw.Daemon.Logs;

/// <summary>What one stream has in one segment, or in all of them together. Times are milliseconds since 1970.</summary>
internal sealed record StreamShare(long FirstTime, long LastTime, long LastIngestion, long Bytes)
{
    public static StreamShare Of(StoredEntry entry) => new(entry.Time, entry.Time, entry.Ingestion, entry.Message.Length);

    public StreamShare And(StreamShare other) => new(
        Math.Min(FirstTime, other.FirstTime),
        Math.Max(LastTime, other.LastTime),
        Math.Max(LastIngestion, other.LastIngestion),
        Bytes + other.Bytes);
}
