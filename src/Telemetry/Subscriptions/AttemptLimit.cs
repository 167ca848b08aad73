namespace Thaw.Telemetry.Subscriptions;

/// <summary>How long one attempt to deliver may take. Only the time counts in which the listener can do anything.</summary>
internal sealed class AttemptLimit : IDisposable
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    private readonly TimeProvider time;
    private readonly CancellationTokenSource over = new();
    private readonly ITimer timer;
    private TimeSpan left = Length;
    private long since;

    private AttemptLimit(TimeProvider time)
    {
        this.time = time;
        timer = time.CreateTimer(static limit => ((AttemptLimit)limit!).End(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Resume();
    }

    public CancellationToken Over => over.Token;

    public static AttemptLimit Begin(TimeProvider time) => new(time);

    public void Pause()
    {
        var rest = left - time.GetElapsedTime(since);
        left = rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Resume()
    {
        since = time.GetTimestamp();
        timer.Change(left, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Before its time. Whoever waits for <see cref="Over"/> may go on within this call.</summary>
    public void End() => over.Cancel();

    // The source stays: somebody may be about to end it, and without a timer or a handle of its own it holds nothing.
    public void Dispose() => timer.Dispose();
}
