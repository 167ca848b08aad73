namespace Thaw.Lifecycle.Scheduling;

/// <summary>A running deadline: its token fires, on the lifecycle's scheduler, when the time is up, or when somebody stops it.</summary>
internal sealed class TimeLimit : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly TimeLimits limits;
    private readonly SerialScheduler scheduler;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stopped = new();
    private readonly ITimer timer;
    private Deadline? deadline; // Null while nobody needs it.
    private Deadline? alarm;    // What the timer is set to; it may ring for one that was met long ago.
    private int round;

    public TimeLimit(TimeLimits limits, SerialScheduler scheduler, TimeProvider time)
    {
        (this.limits, this.scheduler, this.time) = (limits, scheduler, time);
        timer = time.CreateTimer(_ => scheduler.Post(Ring), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Fires when the time is up, or earlier when there is nothing more to wait for.</summary>
    public CancellationToken Stopped => stopped.Token;

    /// <summary>Begins to run. Mostly the timer is set already, to an earlier time: it then finds out when to ring again.</summary>
    public void Begin(Deadline begun)
    {
        (deadline, round) = (begun, round + 1);
        if (alarm is not { } set || begun.IsBefore(set, time))
            SetAlarm(begun);
    }

    /// <summary>Fires in a step of its own: who fails in the middle of something finishes that first.</summary>
    public void Stop()
    {
        var meant = round;
        scheduler.Post(() => Fire(meant));
    }

    /// <summary>Ends; another phase may begin it again, unless it has fired.</summary>
    public void Dispose()
    {
        deadline = null;
        if (stopped.IsCancellationRequested || !limits.TryKeep(this))
            Destroy();
    }

    public void Destroy()
    {
        timer.Dispose();
        stopped.Dispose();
    }

    // .NET's timers count coarse ticks and may ring up to a tick early; a timeout of one second must not be one of 999 ms.
    private void Ring()
    {
        alarm = null;
        if (deadline is not { } running)
            return;
        if (running.Remaining(time) > TimeSpan.Zero)
            SetAlarm(running);
        else
            Fire(round);
    }

    private void SetAlarm(Deadline to)
    {
        alarm = to;
        var left = to.Remaining(time);
        timer.Change(left > Tick || left == TimeSpan.Zero ? left : Tick, Timeout.InfiniteTimeSpan);
    }

    private void Fire(int meant)
    {
        if (deadline is not null && meant == round)
            stopped.Cancel();
    }
}
