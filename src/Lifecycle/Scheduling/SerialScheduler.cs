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
    private readonly Queue<Action> outside = [];
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
    public Task<T> RunAsync<T>(Func<Task<T>> story)
    {
        var told = new TaskCompletionSource<T>();
        Post(() => _ = TellAsync(story, told));
        return told.Task;
    }

    public Task RunAsync(Func<Task> story) => RunAsync(async () =>
    {
        await story();
        return true;
    });

    /// <summary>
    /// Lets those outside who wait for <paramref name="told"/> go on, once no step runs here. Told from within a step they could not go
    /// on at once: the runtime keeps what does not belong to a scheduler off its threads, and each would cost a change of threads.
    /// </summary>
    public void Tell<T>(TaskCompletionSource<T> told, T what)
    {
        lock (queue)
            outside.Enqueue(() => told.TrySetResult(what));
    }

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
            Task? step;
            lock (queue)
                draining = queue.TryDequeue(out step);
            if (step is null)
                break;
            TryExecuteTask(step);
        }

        TellOutside();
    }

    private void TellOutside()
    {
        while (true)
        {
            Action? tell;
            lock (queue)
                outside.TryDequeue(out tell);
            if (tell is null)
                return;
            tell();
        }
    }

    private async Task TellAsync<T>(Func<Task<T>> story, TaskCompletionSource<T> told)
    {
        try
        {
            Tell(told, await story());
        }
#pragma warning disable CA1031 // Whatever it was, it is for the one who asked.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            told.TrySetException(fault);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
