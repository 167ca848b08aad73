using System.Text;
using Thaw.Contracts;
using Thaw.Environments.Logs;

namespace Thaw.Daemon.Runs;

/// <summary>Shows the observer every event, and beside it the lines that a function's log has of it.</summary>
internal sealed class RunLog(IRunObserver observer) : ILifecycleEvents
{
    public void Emit(LifecycleEvent happened)
    {
        if (happened is OutputLine output)
        {
            var source = output.Participant == ParticipantNames.Runtime ? "function" : output.Participant;
            observer.Printed(output.Time, source, Encoding.UTF8.GetString(output.Text.Span));
            return;
        }

        observer.Happened(happened);
        if (happened is PlatformEvent platform)
        {
            foreach (var line in PlatformLogText.LinesOf(platform))
                observer.Logged(platform.Time, line);
        }
    }
}
