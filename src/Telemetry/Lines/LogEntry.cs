using Thaw.Contracts;

namespace Thaw.Telemetry.Lines;

/// <summary>One event of a function's log, as CloudWatch would have it.</summary>
public readonly ref struct LogEntry(ReadOnlySpan<byte> message, DateTimeOffset time, LogSource source, LogSeverity severity)
{
    /// <summary>With the newline at its end, where AWS has one. Lent: it is gone when the call returns.</summary>
    public ReadOnlySpan<byte> Message { get; } = message;

    public DateTimeOffset Time => time;

    public LogSource Source => source;

    /// <summary>As far as it is known; Info otherwise.</summary>
    public LogSeverity Severity => severity;
}
