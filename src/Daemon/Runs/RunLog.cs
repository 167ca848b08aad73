using System.Text;
using Thaw.Contracts;
using Thaw.Telemetry.Lines;

namespace Thaw.Daemon.Runs;

/// <summary>Shows the observer every event, and beside it the lines that a function's log has of it.</summary>
internal sealed class RunLog(IRunObserver observer, EnvironmentIdentity identity) : ILifecycleEvents
{
    private readonly LogFormatter formatter = new(identity);

    public void Emit(LifecycleEvent happened)
    {
        switch (happened)
        {
            case OutputLines output:
                formatter.Write(happened, new Printed(observer, output.Participant));
                break;
            case LogFrame frame:
                formatter.Write(happened, new Printed(observer, frame.Participant));
                break;
            default:
                observer.Happened(happened);
                formatter.Write(happened, new Logged(observer));
                break;
        }
    }

    private static string TextOf(LogEntry entry) =>
        Encoding.UTF8.GetString(entry.Message.EndsWith("\n"u8) ? entry.Message[..^1] : entry.Message);

    private sealed class Printed(IRunObserver observer, string participant) : ILogEntries
    {
        private readonly string source = participant == ParticipantNames.Runtime ? "function" : participant;

        public void Add(in LogEntry entry) => observer.Printed(entry.Time, source, TextOf(entry));
    }

    private sealed class Logged(IRunObserver observer) : ILogEntries
    {
        public void Add(in LogEntry entry)
        {
            foreach (var line in TextOf(entry).Split('\n'))
                observer.Logged(entry.Time, line);
        }
    }

    private static string SourceOf(string participant) => participant == ParticipantNames.Runtime ? "function" : participant;
}
