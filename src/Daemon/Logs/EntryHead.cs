using Thaw.Telemetry.Lines;

namespace Thaw.Daemon.Logs;

/// <summary>What an entry has beside its message. Times are milliseconds since 1970.</summary>
internal readonly record struct EntryHead(EntryKind Kind, byte Severity, int Stream, long Time, long Ingestion)
{
    public EntryHead(int stream, in LogEntry entry, long ingestion)
        : this((EntryKind)entry.Source, (byte)entry.Severity, stream, entry.Time.ToUnixTimeMilliseconds(), ingestion)
    {
    }
}
