namespace Thaw.Lifecycle.Scheduling;

/// <summary>
/// One environment's lifecycle runs here, one step at a time, so its code needs no lock.
///
///   HTTP request, exit of a process, timer        the lifecycle
///            |                                        ^
///            +----> queue ----> whoever finds the queue idle drains it, on its own thread
///
/// A step never runs inside the step that caused it (nothing is inlined), so production and simulation see the same order.
/// </summary>
internal sealed class SerialScheduler : TaskScheduler
{
    private readonly Queue<Task> queue = [];
    private bool draining;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>The one door from outside: does the work when its turn comes.</summary>
    public void Post(Action work) => new Task(work).Start(this);

    /// <summary>As <see cref="Post"/>, and gives back what the work returns.</summary>
    public Task<T> EnterAsync<T>(Func<T> work)
    {
        var task = new Task<T>(work);
        task.Start(this);
        return task;
    }

    /// <summary>Runs a story here; every await in it comes back here.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> story) => EnterAsync(story).Unwrap();

    public Task RunAsync(Func<Task> story) => EnterAsync(story).Unwrap();

    protected override void QueueTask(Task task)
    {
        lock (queue)
        {
            queue.Enqueue(task);
            if (draining)
                return;
            draining = true;
        }

        Drain();
    }

    private void Drain()
    {
        while (true)
        {
            Task next;
            lock (queue)
            {
                if (queue.Count == 0)
                {
                    draining = false;
                    return;
                }

                next = queue.Dequeue();
            }

            TryExecuteTask(next);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
