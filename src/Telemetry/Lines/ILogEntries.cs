namespace Thaw.Telemetry.Lines;

/// <summary>Where log entries go. Must return at once and never throw.</summary>
public interface ILogEntries
{
    void Add(in LogEntry entry);
}
