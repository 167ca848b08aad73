using System.Text;
using Thaw.Contracts;
using Thaw.Telemetry.Lines;

namespace Thaw.Daemon.Runs;

/// <summary>Shows the observer every event, and beside it the lines that a function's log has of it.</summary>
internal sealed class RunLog(IRunObserver observer) : ILifecycleEvents
{
    public void Emit(LifecycleEvent happened)
    {
        switch (happened)
        {
            case OutputLines output:
                foreach (var line in output)
                    observer.Printed(output.Time, SourceOf(output.Participant), Encoding.UTF8.GetString(line));
                return;
            case LogFrame frame:
                observer.Printed(frame.Time, SourceOf(frame.Participant), Encoding.UTF8.GetString(frame.Message.Span));
                return;
        }

        observer.Happened(happened);
        if (happened is PlatformEvent platform)
        {
            foreach (var line in PlatformLines.LinesOf(platform))
                observer.Logged(platform.Time, line);
        }
    }

    private static string SourceOf(string participant) => participant == ParticipantNames.Runtime ? "function" : participant;
}
