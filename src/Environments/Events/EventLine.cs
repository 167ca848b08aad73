using System.Collections.Concurrent;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Environments.Events;

/// <summary>The events of one function, each taken in its turn: those due at once by number, those put off by time.</summary>
internal sealed class EventLine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromHours(1);

    private readonly string function;
    private readonly IStore store;
    private readonly IEventTarget target;
    private readonly EventPace pace;
    private readonly TimeProvider time;
    private readonly CancellationToken end;
    private readonly WaitingEvents waiting;
    private readonly Dictionary<QueuedEvent, Task> running = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentQueue<(QueuedEvent Event, QueuedEvent? PutOff)> over = new();
    private TaskCompletionSource news = NewNews();

    public EventLine(string function, IStore store, IEventTarget target, EventPace pace, TimeProvider time, CancellationToken end)
    {
        (this.function, this.store, this.target, this.pace, this.time, this.end) = (function, store, target, pace, time, end);
        waiting = new WaitingEvents(function, store);
        Ended = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Completes after the end, when nothing is at work any more.</summary>
    public Task Ended { get; }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>There may be more to do.</summary>
    public void Wake() => Volatile.Read(ref news).TrySetResult();

    private async Task RunAsync()
    {
        while (!end.IsCancellationRequested)
        {
            // Renewed before looking: what is told meanwhile is not missed.
            var told = NewNews();
            Volatile.Write(ref news, told);
            while (over.TryDequeue(out var attempt))
            {
                running.Remove(attempt.Event);
                waiting.Return(attempt.Event, attempt.PutOff);
            }

            await WaitAsync(told.Task, await TakeAsync());
        }

        await Task.WhenAll(running.Values);
    }

    /// <summary>Begins what may begin now; returns for how long there is nothing to do unless somebody tells.</summary>
    private async Task<TimeSpan> TakeAsync()
    {
        try
        {
            var mayBeMore = waiting.Count > 0 || await waiting.ReadAsync(Now);
            var allowed = pace.Allowed(running.Count + waiting.Count);
            while (running.Count < allowed && waiting.TryTake(out var next))
                running.Add(next, Task.Run(() => AttemptAsync(next), CancellationToken.None));
            return running.Count >= allowed ? Patience
                : mayBeMore ? TimeSpan.Zero
                : waiting.NextDue is { } due ? TimeSpan.FromMilliseconds(Math.Clamp(due - Now, 0, (long)Longest.TotalMilliseconds))
                : Timeout.InfiniteTimeSpan;
        }
        catch (StoreException fault)
        {
            target.Notice($"the queued events of {function} cannot be read now: {fault.Message}");
            return Patience;
        }
    }

    private async Task AttemptAsync(QueuedEvent tried)
    {
        var outcome = await target.RunAsync(tried);

        // The platform goes down: the event stays as it is, and is tried again by the next process.
        if (outcome is EventOutcome.TurnedAway && end.IsCancellationRequested)
            return;
        over.Enqueue((tried, await FinishAsync(tried, outcome)));
        Wake();
    }

    /// <summary>Does what follows from an attempt; returns the event as it was put off, or null.</summary>
    private async Task<QueuedEvent?> FinishAsync(QueuedEvent tried, EventOutcome outcome)
    {
        if (await PatientlyAsync(() => target.RulesOfAsync(tried, outcome)) is not { } rules)
            return null;
        var step = Retries.Next(tried, outcome, rules, time.GetUtcNow());
        if (step is EventStep.Ended ended)
            await target.TellAsync(tried, ended, rules);
        if (await PatientlyAsync(() => RecordAsync(tried, step)) is not null && step is EventStep.Dropped)
            target.Dropped(tried);
        return (step as EventStep.Again)?.Event;
    }

    private Task<EventStep> RecordAsync(QueuedEvent tried, EventStep step) => store.WriteAsync(view =>
    {
        view.Remove(Tables.Events, Tables.EventKey(tried));
        if (step is EventStep.Again { Event: var putOff })
            view.Put(Tables.Events, putOff);
        return step;
    });

    /// <summary>Tries until the store does it; null when the end comes first.</summary>
    private async Task<T?> PatientlyAsync<T>(Func<Task<T>> act)
        where T : class
    {
        while (true)
        {
            try
            {
                return await act();
            }
            catch (StoreException fault)
            {
                target.Notice($"the end of an event of {function} cannot be recorded now: {fault.Message}");
                if (end.IsCancellationRequested)
                    return null;
            }

            await Task.Delay(Patience, time, CancellationToken.None);
        }
    }

    private async Task WaitAsync(Task told, TimeSpan pause)
    {
        if (pause == TimeSpan.Zero)
            return;
        try
        {
            await told.WaitAsync(pause, time, end);
        }
        catch (Exception reason) when (reason is TimeoutException or OperationCanceledException)
        {
            // Time to look again, or to end.
        }
    }

    private static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
