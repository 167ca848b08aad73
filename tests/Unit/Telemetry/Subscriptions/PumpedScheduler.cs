namespace Thaw.UnitTests.Telemetry.Subscriptions;

/// <summary>Keeps all work until the test lets it run, on the test's own thread.</summary>
internal sealed class PumpedScheduler : TaskScheduler
{
    private readonly Queue<Task> waiting = [];

    public void RunAll()
    {
        while (TryTake(out var next))
            TryExecuteTask(next!);
    }

    protected override void QueueTask(Task task)
    {
        lock (waiting)
            waiting.Enqueue(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private bool TryTake(out Task? next)
    {
        lock (waiting)
            return waiting.TryDequeue(out next);
    }
}
