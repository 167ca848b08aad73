namespace Thaw.Lifecycle.Scheduling;

/// <summary>The time limits of one environment. It keeps one for the next phase, so that a warm invoke makes and sets no timer.</summary>
internal sealed class TimeLimits(SerialScheduler scheduler, TimeProvider time)
{
    private TimeLimit? spare;
    private bool isClosed;

    /// <summary>Begins one. Whoever has it disposes of it.</summary>
    public TimeLimit Begin(Deadline deadline)
    {
        var limit = spare ?? new TimeLimit(this, scheduler, time);
        spare = null;
        limit.Begin(deadline);
        return limit;
    }

    public bool TryKeep(TimeLimit limit)
    {
        if (isClosed || spare is not null)
            return false;
        spare = limit;
        return true;
    }

    /// <summary>No phase follows: nothing is kept any more.</summary>
    public void Close()
    {
        isClosed = true;
        spare?.Destroy();
        spare = null;
    }
}
