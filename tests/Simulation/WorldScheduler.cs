namespace Thaw.SimulationTests;

/// <summary>
/// Everything of a simulated world runs here, on one thread, one step at a time. Steps that could run at once in production are ready
/// together here, and chance may choose which comes first.
/// </summary>
/// <param name="chance">Null: first come, first served.</param>
internal sealed class WorldScheduler(Random? chance) : TaskScheduler
{
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly List<Task> ready = [];
    private int foreignEntries;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Steps that came from another thread: something has escaped from the world.</summary>
    public int ForeignEntries => foreignEntries;

    /// <summary>Runs a story here; every await in it comes back here.</summary>
    public Task RunAsync(Func<Task> story) => Enter(story).Unwrap();

    /// <summary>Does the work when its turn comes.</summary>
    public Task<T> Enter<T>(Func<T> work)
    {
        var task = new Task<T>(work);
        task.Start(this);
        return task;
    }

    /// <summary>Runs until nothing is ready.</summary>
    public void RunReady()
    {
        while (Take() is { } next)
            TryExecuteTask(next);
    }

    protected override void QueueTask(Task task)
    {
        if (Environment.CurrentManagedThreadId != thread)
            Interlocked.Increment(ref foreignEntries);
        lock (ready)
            ready.Add(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private Task? Take()
    {
        lock (ready)
        {
            if (ready.Count == 0)
                return null;
            var at = ready.Count > 1 && chance is not null ? chance.Next(ready.Count) : 0;
            var next = ready[at];
            ready.RemoveAt(at);
            return next;
        }
    }
}
