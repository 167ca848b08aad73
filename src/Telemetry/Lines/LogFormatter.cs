using System.Text;
using Thaw.Contracts;

namespace Thaw.Telemetry.Lines;

/// <summary>The one place that says what a function's log has of an event; spec 5. Callable from several threads.</summary>
public sealed class LogFormatter(EnvironmentIdentity identity)
{
    public void Write(LifecycleEvent happened, ILogEntries to)
    {
        switch (happened)
        {
            case PlatformEvent platform:
                foreach (var line in PlatformLines.LinesOf(platform))
                    to.Add(new LogEntry(Encoding.UTF8.GetBytes(line + "\n"), platform.Time, LogSource.Platform, LogSeverity.Info));
                break;
            case OutputLines output:
                foreach (var line in output)
                    to.Add(new LogEntry([.. line, (byte)'\n'], output.Time, SourceOf(output.Participant), LogSeverity.Info));
                break;
            case LogFrame frame:
                var severity = frame.Level ?? identity.Function.Logging.ApplicationLevel;
                to.Add(new LogEntry(frame.Text.Span, frame.Time, SourceOf(frame.Participant), severity));
                break;
        }
    }

    private static LogSource SourceOf(string participant) =>
        participant == ParticipantNames.Runtime ? LogSource.Function : LogSource.Extension;
}
