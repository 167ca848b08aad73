namespace Thaw.SimulationTests;

/// <summary>A clock that jumps to the next timer when nobody has anything else to do.</summary>
public sealed class SimulatedTime : TimeProvider
{
    private readonly PriorityQueue<Timer, (long Due, long Order)> timers = new();
    private readonly DateTimeOffset start = DateTimeOffset.UnixEpoch.AddYears(56);
    private long now;
    private long order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => start.AddTicks(now);

    public override long GetTimestamp() => now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Fires the next timer; false when there is none.</summary>
    public bool Jump()
    {
        while (timers.TryDequeue(out var timer, out var at))
        {
            if (timer.Armed != at.Order)
                continue;
            now = Math.Max(now, at.Due);
            timer.Fire();
            return true;
        }

        return false;
    }

    private sealed class Timer(SimulatedTime time, Action fire) : ITimer
    {
        private TimeSpan period;

        public long? Armed { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            this.period = period;
            Arm(dueTime);
            return true;
        }

        public void Fire()
        {
            Arm(period > TimeSpan.Zero ? period : Timeout.InfiniteTimeSpan);
            fire();
        }

        public void Dispose() => Armed = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(TimeSpan dueTime)
        {
            Armed = null;
            if (dueTime == Timeout.InfiniteTimeSpan)
                return;
            Armed = ++time.order;
            time.timers.Enqueue(this, (time.now + dueTime.Ticks, time.order));
        }
    }
}
