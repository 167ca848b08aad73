using System.Text;
using Thaw.Contracts;
using Thaw.Environments.Logs;

namespace Thaw.Daemon.Runs;

/// <summary>Shows the observer every event, and beside it the lines that a function's log has of it.</summary>
internal sealed class RunLog(IRunObserver observer) : ILifecycleEvents
{
    private readonly Lock oneAtATime = new();

    public void Emit(LifecycleEvent happened)
    {
        lock (oneAtATime)
        {
            if (happened is not OutputLine)
                observer.Happened(happened);
            switch (happened)
            {
                case PlatformEvent platform:
                    foreach (var line in PlatformLogText.LinesOf(platform))
                        observer.Logged(platform.Time, "platform", line);
                    break;
                case OutputLine output:
                    var source = output.Participant == ParticipantNames.Runtime ? "function" : output.Participant;
                    observer.Logged(output.Time, source, Encoding.UTF8.GetString(output.Text.Span));
                    break;
            }
        }
    }
}
