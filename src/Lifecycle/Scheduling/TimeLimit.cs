namespace Thaw.Lifecycle.Scheduling;

/// <summary>A running deadline: its token fires, on the lifecycle's scheduler, when the time is up.</summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly CancellationTokenSource reached = new();
    private readonly ITimer timer;
    private bool over;

    public TimeLimit(Deadline deadline, SerialScheduler scheduler, TimeProvider time)
    {
        timer = time.CreateTimer(
            _ => scheduler.Post(() =>
            {
                if (!over)
                    reached.Cancel();
            }),
            null,
            deadline.Remaining(time),
            Timeout.InfiniteTimeSpan);
    }

    public CancellationToken Reached => reached.Token;

    public void Dispose()
    {
        over = true;
        timer.Dispose();
        reached.Dispose();
    }
}
