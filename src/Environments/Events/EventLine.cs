using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Environments.Events;

/// <summary>The events of one function, each taken in its turn: those due at once by number, those put off by time.</summary>
internal sealed class EventLine
{
    /// <summary>Read at a time; each may have a megabyte.</summary>
    private const int Batch = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromHours(1);

    private readonly string function;
    private readonly IStore store;
    private readonly IEventTarget target;
    private readonly EventPace pace;
    private readonly TimeProvider time;
    private readonly CancellationToken end;
    private readonly Queue<QueuedEvent> read = new();
    private readonly HashSet<Task> running = [];
    private TaskCompletionSource news = NewNews();

    // What was read last of each kind. Numbers grow in the order in which events become visible, and whatever is put off is due later than
    // all that was read, so nothing ever appears before these.
    private string? lastAtOnce;
    private string lastLater = QueuedEvent.BeforeLater;
    private long? nextDue;

    public EventLine(string function, IStore store, IEventTarget target, EventPace pace, TimeProvider time, CancellationToken end)
    {
        (this.function, this.store, this.target, this.pace, this.time, this.end) = (function, store, target, pace, time, end);
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
            await WaitAsync(told.Task, await TakeAsync());
            running.RemoveWhere(task => task.IsCompleted);
        }

        await Task.WhenAll(running);
    }

    /// <summary>Begins what may begin now; returns for how long there is nothing to do unless somebody tells.</summary>
    private async Task<TimeSpan> TakeAsync()
    {
        try
        {
            var isFull = read.Count == 0 && await ReadAsync();
            var allowed = pace.Allowed(running.Count + read.Count);
            while (running.Count < allowed && read.TryDequeue(out var waiting))
                running.Add(Task.Run(() => AttemptAsync(waiting), CancellationToken.None));
            return running.Count >= allowed ? Patience
                : isFull ? TimeSpan.Zero
                : nextDue is { } due ? TimeSpan.FromMilliseconds(Math.Clamp(due - Now, 0, (long)Longest.TotalMilliseconds))
                : Timeout.InfiniteTimeSpan;
        }
        catch (StoreException fault)
        {
            target.Notice($"the queued events of {function} cannot be read now: {fault.Message}");
            return Patience;
        }
    }

    /// <summary>Reads what is due, those put off first; whether there may be more.</summary>
    private async Task<bool> ReadAsync()
    {
        var now = Now;
        var (later, atOnce) = await store.ReadAsync(view => (
            view.List(Tables.Events, function, lastLater, Batch),
            view.List(Tables.Events, function, lastAtOnce, Batch)));
        nextDue = null;
        foreach (var waiting in later)
        {
            if (waiting.DueAt > now)
            {
                nextDue = waiting.DueAt;
                break;
            }

            lastLater = Tables.EventName(waiting.DueAt, waiting.Number);
            read.Enqueue(waiting);
        }

        foreach (var waiting in atOnce.TakeWhile(one => one.DueAt == QueuedEvent.AtOnce))
        {
            lastAtOnce = Tables.EventName(waiting.DueAt, waiting.Number);
            read.Enqueue(waiting);
        }

        return read.Count >= Batch;
    }

    private async Task AttemptAsync(QueuedEvent waiting)
    {
        var outcome = await target.RunAsync(waiting);

        // The platform goes down: the event stays as it is, and is tried again by the next process.
        if (outcome is EventOutcome.TurnedAway && end.IsCancellationRequested)
            return;
        while (!await FinishAsync(waiting, outcome))
            await Task.Delay(Patience, time, CancellationToken.None);
        Wake();
    }

    /// <summary>False while the store cannot take it.</summary>
    private async Task<bool> FinishAsync(QueuedEvent waiting, EventOutcome outcome)
    {
        try
        {
            var rules = await target.RulesOfAsync(waiting, outcome);
            var step = Retries.Next(waiting, outcome, rules, time.GetUtcNow());
            if (step is EventStep.Ended ended)
                await target.TellAsync(waiting, ended, rules);
            await store.WriteAsync(view =>
            {
                view.Remove(Tables.Events, Tables.EventKey(waiting));
                if (step is EventStep.Again { Event: var later })
                    view.Put(Tables.Events, later);
                return true;
            });
            if (step is EventStep.Dropped)
                target.Dropped(waiting);
            return true;
        }
        catch (StoreException fault)
        {
            target.Notice($"the end of an event of {function} cannot be recorded now: {fault.Message}");
            return end.IsCancellationRequested;
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
        catch (Exception over) when (over is TimeoutException or OperationCanceledException)
        {
            // Time to look again, or to end.
        }
    }

    private static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
