using Thaw.Telemetry.Lines;

namespace Thaw.Daemon.Logs;

/// <summary>One event of a log, as readers get it. Times are milliseconds since 1970.</summary>
/// <param name="Position">Of its first byte in the group.</param>
/// <param name="End">Where the next one begins.</param>
/// <param name="Request">The one that it belongs to; null for none, and when nobody asked for it.</param>
/// <param name="Message">What was no UTF-8 is replaced.</param>
internal sealed record LogEvent(
    long Position, long End, string Stream, long Time, long Ingestion, LogSource Source, string? Request, string Message);
