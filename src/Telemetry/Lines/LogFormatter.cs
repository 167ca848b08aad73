using System.Buffers;
using Thaw.Contracts;
using Thaw.Telemetry.Records;

namespace Thaw.Telemetry.Lines;

/// <summary>
/// The one place that says what a function's log has of an event: format, both filters, times; spec 5. Callable from several threads.
/// </summary>
public sealed class LogFormatter(EnvironmentIdentity identity)
{
    // Lines are at most as long as Limits.LogLineBytes, so it stays below a megabyte.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? scratch;

    private readonly LoggingConfig logging = identity.Function.Logging;

    private bool IsJson => logging.Format == LogFormat.Json;

    public void Write(LifecycleEvent happened, ILogEntries to)
    {
        switch (happened)
        {
            case PlatformEvent platform when IsJson:
                WriteRecord(platform, to);
                break;
            case PlatformEvent platform:
                WriteLines(platform, to);
                break;
            case OutputLines output:
                WriteOutput(output, to);
                break;
            case LogFrame frame:
                WriteFrame(frame, to);
                break;
        }
    }

    private static LogSource SourceOf(string participant) =>
        participant == ParticipantNames.Runtime ? LogSource.Function : LogSource.Extension;

    private static ArrayBufferWriter<byte> Emptied()
    {
        scratch ??= new ArrayBufferWriter<byte>(1024);
        scratch.ResetWrittenCount();
        return scratch;
    }

    // In JSON format the system's log is telemetry's newest records; spec: ENV-112.
    private void WriteRecord(PlatformEvent happened, ILogEntries to)
    {
        var severity = LogLevels.LevelOf(happened, identity);
        if (severity < logging.SystemLevel)
            return;
        var text = Emptied();
        if (PlatformRecords.Write(happened, identity, TelemetrySchema.Telemetry20250129, text))
            to.Add(new LogEntry(text.WrittenSpan, happened.Time, LogSource.Platform, severity));
    }

    private void WriteLines(PlatformEvent happened, ILogEntries to)
    {
        var text = Emptied();
        var severity = LogLevels.LevelOf(happened, identity);
        if (happened is InvokeReport report)
        {
            PlatformLines.WriteEnd(report, text);
            to.Add(new LogEntry(text.WrittenSpan, happened.Time, LogSource.Platform, severity));
            text.ResetWrittenCount();
        }

        PlatformLines.WriteEntry(happened, identity, text);
        if (text.WrittenCount > 0)
            to.Add(new LogEntry(text.WrittenSpan, happened.Time, LogSource.Platform, severity));
    }

    private void WriteOutput(OutputLines output, ILogEntries to)
    {
        var source = SourceOf(output.Participant);
        if (!IsJson || source != LogSource.Function)
        {
            to.AddLines(new LogEntry(output.Text.Span, output.Time, source, LogSeverity.Info));
            return;
        }

        var rest = output.Text.Span;
        for (int newline; (newline = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(newline + 1)..])
            AddLine(rest[..(newline + 1)], output.Time, source, to);

        // The last one has no newline yet.
        var last = Emptied();
        last.Write(rest);
        last.Write("\n"u8);
        AddLine(last.WrittenSpan, output.Time, source, to);
    }

    private void AddLine(ReadOnlySpan<byte> line, DateTimeOffset arrived, LogSource source, ILogEntries to)
    {
        _ = JsonLine.TryRead(line, out var severity, out var written);
        if (severity >= logging.ApplicationLevel)
            to.Add(new LogEntry(line, Plausible(written, arrived), source, severity));
    }

    private void WriteFrame(LogFrame frame, ILogEntries to)
    {
        var severity = LogSeverity.Info;
        if (frame.Level is { } known)
            severity = known;
        else if (IsJson)
            _ = JsonLine.TryRead(frame.Text.Span, out severity, out _);

        var source = SourceOf(frame.Participant);
        if (!IsJson || source != LogSource.Function || severity >= logging.ApplicationLevel)
            to.Add(new LogEntry(frame.Text.Span, frame.Time, source, severity));
    }

    // Functions may write any time. One that cannot be is not believed.
    private static DateTimeOffset Plausible(DateTimeOffset? written, DateTimeOffset arrived) =>
        written is { Year: >= 2000 } time && time <= arrived.AddDays(1) ? time : arrived;
}
