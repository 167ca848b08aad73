namespace Thaw.Telemetry.Lines;

/// <summary>Where log entries go. Must return at once and never throw.</summary>
public interface ILogEntries
{
    void Add(in LogEntry entry);

    /// <summary>Takes entries that came together and are alike but for their messages: one for each line of this message.</summary>
    /// <param name="lines">
    /// A newline stands between two lines, where it is the end of the first one's message, and none behind the last, whose message has one
    /// all the same.
    /// </param>
    void AddLines(in LogEntry lines)
    {
        foreach (var line in lines.Message.Split((byte)'\n'))
            Add(new LogEntry([.. lines.Message[line], (byte)'\n'], lines.Time, lines.Source, lines.Severity));
    }
}
