namespace Thaw.Daemon.Records;

/// <summary>
/// The environments some of whose events wait to be told. Whoever reads what is made of events has all of them told first; else they are
/// told when they have waited a moment. One timer serves all environments, and is set only while events wait.
/// </summary>
internal sealed class EventBatches : IDisposable
{
    /// <summary>How long an event waits at most, when there is a processor to tell it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new(), telling = new();
    private readonly ITimer timer;
    private List<EnvironmentEvents> due = [], told = [];    // The second one is empty but while it is told.

    public EventBatches(TimeProvider time) =>
        timer = time.CreateTimer(_ => TellAll(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Events of this one wait now. Called once, until it is asked to tell those that are due.</summary>
    public void TellSoon(EnvironmentEvents environment)
    {
        lock (gate)
        {
            due.Add(environment);
            if (due.Count == 1)
                timer.Change(Patience, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>On return all that was emitted before has been told.</summary>
    public void TellAll()
    {
        lock (telling)
        {
            lock (gate)
                (due, told) = (told, due);
            try
            {
                foreach (var environment in told)
                    environment.TellDue();
            }
            finally
            {
                told.Clear();
            }
        }
    }

    /// <summary>Tells what is left. What comes later waits until there is much, or something that cannot wait.</summary>
    public void Dispose()
    {
        timer.Dispose();
        TellAll();
    }
}
