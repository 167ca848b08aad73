using System.Text;
using Thaw.Contracts;
using Thaw.Telemetry.Lines;

namespace Thaw.Daemon.Runs;

/// <summary>Shows the observer every event, and beside it the lines that a function's log has of it.</summary>
internal sealed class RunLog(IRunObserver observer) : ILifecycleEvents
{
    public void Emit(LifecycleEvent happened)
    {
        if (happened is OutputLines output)
        {
            var source = output.Participant == ParticipantNames.Runtime ? "function" : output.Participant;
            foreach (var line in output)
                observer.Printed(output.Time, source, Encoding.UTF8.GetString(line));
            return;
        }

        observer.Happened(happened);
        if (happened is PlatformEvent platform)
        {
            foreach (var line in PlatformLines.LinesOf(platform))
                observer.Logged(platform.Time, line);
        }
    }
}
