using Thaw.Telemetry.Lines;

namespace Thaw.Daemon.Logs;

/// <summary>What an entry has beside its message. Times are milliseconds since 1970.</summary>
/// <param name="IsRun">Each line of the message is an event of its own.</param>
internal readonly record struct EntryHead(EntryKind Kind, byte Severity, int Stream, long Time, long Ingestion, bool IsRun = false)
{
    public EntryHead(int stream, in LogEntry entry, long ingestion, bool isRun = false)
        : this((EntryKind)entry.Source, (byte)entry.Severity, stream, entry.Time.ToUnixTimeMilliseconds(), ingestion, isRun)
    {
    }
}
