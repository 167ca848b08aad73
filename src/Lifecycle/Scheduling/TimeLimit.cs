namespace Thaw.Lifecycle.Scheduling;

/// <summary>A running deadline: its token fires, on the lifecycle's scheduler, when the time is up, or when somebody stops it.</summary>
internal sealed class TimeLimit : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly CancellationTokenSource stopped = new();
    private readonly Deadline deadline;
    private readonly SerialScheduler scheduler;
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private bool over;

    public TimeLimit(Deadline deadline, SerialScheduler scheduler, TimeProvider time)
    {
        (this.deadline, this.scheduler, this.time) = (deadline, scheduler, time);
        timer = time.CreateTimer(_ => scheduler.Post(OnTimer), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(deadline.Remaining(time), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Fires when the time is up, or earlier when there is nothing more to wait for.</summary>
    public CancellationToken Stopped => stopped.Token;

    /// <summary>Fires in a step of its own: who fails in the middle of something finishes that first.</summary>
    public void Stop() => scheduler.Post(Fire);

    public void Dispose()
    {
        over = true;
        timer.Dispose();
        stopped.Dispose();
    }

    // .NET's timers count coarse ticks and may ring up to a tick early; a timeout of one second must not be one of 999 ms.
    private void OnTimer()
    {
        if (!over && deadline.Remaining(time) is var left && left > TimeSpan.Zero)
            timer.Change(left > Tick ? left : Tick, Timeout.InfiniteTimeSpan);
        else
            Fire();
    }

    private void Fire()
    {
        if (!over)
            stopped.Cancel();
    }
}
