using System.Runtime.CompilerServices;

namespace Thaw.Lifecycle.Scheduling;

/// <summary>
/// One environment's lifecycle runs here, one step at a time, so its code needs no lock.
///
///   HTTP request, exit of a process, timer        the lifecycle
///            |                                        ^
///            +----> queue ----> whoever finds the queue idle drains it, on its own thread
///
/// A signal that is given within a step wakes its waiters in steps of their own, never inside that step, so production and simulation see
/// the same order.
/// </summary>
/// <remarks>
/// A context rather than a task scheduler, because the awaits of a warm invoke then need no task each. Those outside who wait for a
/// lifecycle are told behind the step: within it they could not go on at once, for the runtime keeps what belongs to no context off
/// the threads of one, and each would cost a change of threads.
/// </remarks>
internal sealed class SerialScheduler : SynchronizationContext
{
    private readonly Lock gate = new();
    private readonly Queue<Step> steps = [];
    private readonly Queue<Step> outside = [];
    private bool draining;

    /// <summary>Does the work when its turn comes.</summary>
    public void Post(Action work) => Post(static work => ((Action)work!)(), work);

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (gate)
        {
            if (draining)
            {
                steps.Enqueue(new Step(d, state));
                return;
            }

            draining = true;
        }

        using var drain = new Draining(this);
        new Step(d, state).Run();
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nobody may wait for a step.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Does the work when its turn comes, mostly at once, and gives back what it returns.</summary>
    public ValueTask<T> EnterAsync<T>(Func<T> work)
    {
        lock (gate)
        {
            if (draining)
                return new(EnterInTurnAsync(work));
            draining = true;
        }

        using var drain = new Draining(this);
        return new(work());
    }

    /// <summary>Asks here for what may come much later: whoever is to give it does so by <see cref="Tell"/>.</summary>
    public Task<T> ParkAsync<T>(Func<Task<T>> call)
    {
        var asked = EnterAsync(call);
        return asked.IsCompletedSuccessfully ? asked.Result : ParkInTurnAsync(asked);
    }

    /// <summary>Runs a story here; every await in it comes back here, and whoever waits for it goes on outside.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> story) => BeginAsync(async () =>
    {
        var telling = story();
        await ((Task)telling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await Outside();
        return await telling;
    });

    /// <summary>As <see cref="RunAsync"/>, for a story whose own last step is to wait for <see cref="Outside"/>.</summary>
    public Task<T> BeginAsync<T>(Func<Task<T>> story)
    {
        lock (gate)
        {
            if (draining)
                return BeginInTurnAsync(story);
            draining = true;
        }

        using var drain = new Draining(this);
        return story();
    }

    /// <summary>To be awaited here: what follows is outside, where those go on at once who wait for it.</summary>
    public Exit Outside() => new(this);

    /// <summary>Tells somebody outside, once no step runs here.</summary>
    public void Tell(SendOrPostCallback tell, object? state)
    {
        lock (gate)
            outside.Enqueue(new Step(tell, state));
    }

    private async Task<T> EnterInTurnAsync<T>(Func<T> work)
    {
        await new Entrance(this);
        try
        {
            return work();
        }
        finally
        {
            await Outside();
        }
    }

    private static async Task<T> ParkInTurnAsync<T>(ValueTask<Task<T>> asked) => await await asked;

    private async Task<T> BeginInTurnAsync<T>(Func<Task<T>> story)
    {
        await new Entrance(this);
        try
        {
            return await story();
        }
        finally
        {
            await Outside();
        }
    }

    private bool TryTake(Queue<Step> from, out Step step)
    {
        lock (gate)
            return from.TryDequeue(out step);
    }

    private bool TryTakeStep(out Step step)
    {
        lock (gate)
            return draining = steps.TryDequeue(out step);
    }

    private readonly record struct Step(SendOrPostCallback Work, object? State)
    {
        public void Run() => Work(State);
    }

    /// <summary>The steps of this thread: the first one, then those that have come meanwhile, then everyone outside is told.</summary>
    private readonly ref struct Draining : IDisposable
    {
        private readonly SerialScheduler scheduler;
        private readonly SynchronizationContext? before;

        public Draining(SerialScheduler scheduler)
        {
            (this.scheduler, before) = (scheduler, Current);
            SetSynchronizationContext(scheduler);
        }

        public void Dispose()
        {
            try
            {
                while (scheduler.TryTakeStep(out var step))
                    step.Run();
            }
            finally
            {
                SetSynchronizationContext(before);
            }

            while (scheduler.TryTake(scheduler.outside, out var told))
                told.Run();
        }
    }

    private readonly struct Entrance(SerialScheduler scheduler) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Entrance GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => scheduler.Post(continuation);

        public void UnsafeOnCompleted(Action continuation) => scheduler.Post(continuation);
    }

    /// <summary>The way out.</summary>
    public readonly struct Exit(SerialScheduler scheduler) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Exit GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => scheduler.Tell(static go => ((Action)go!)(), continuation);

        public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);
    }
}
