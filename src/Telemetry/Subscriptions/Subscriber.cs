using Thaw.Contracts;

namespace Thaw.Telemetry.Subscriptions;

/// <summary>
/// One extension that listens. Its events fill one batch while another one is on its way; when both are full, events are dropped, and
/// counted, until there is room again.
///
///   event --> filling --(full, old enough, or Shutdown)--> under way --> listener
///      |                                                     |    ^
///      +--> dropped, told by ONE logsDropped at the          +----+ again after a while, until it has arrived
///           beginning of the batch behind
///
/// An attempt begins only while a phase runs: the listener is frozen otherwise. Spec 4.2.
/// </summary>
/// <remarks>
/// All members but <see cref="GiveUp"/>, <see cref="Closed"/> and <see cref="LetGoAsync"/> want the gate to be held.
/// </remarks>
internal sealed class Subscriber
{
    private const string DropReason = "Some logs were dropped because the downstream consumer is slower than the logs production rate";

    private readonly string name;
    private readonly Buffering buffering;
    private readonly SubscribedRecords records;
    private readonly IDelivery delivery;
    private readonly SubscriberWorld world;
    private readonly BackOff backOff = new();
    private readonly ITimer dueTimer;
    private readonly ITimer retryTimer;
    private readonly TaskCompletionSource closed = new();
    private Batch filling;
    private Batch underWay;
    private AttemptLimit? attempt;
    private Task attempting = Task.CompletedTask;
    private TaskCompletionSource? emptied;
    private long droppedRecords;
    private long droppedBytes;
    private bool isDue;
    private bool isTimed;
    private bool isBackingOff;
    private bool isAwake = true;
    private bool isHasty;
    private bool hasEnded;
    private int isClosing;

    public Subscriber(TelemetrySubscribed subscribed, EnvironmentIdentity identity, IDelivery delivery, SubscriberWorld world)
    {
        (name, buffering) = (subscribed.Name, subscribed.Subscription.Buffering);
        (this.delivery, this.world) = (delivery, world);
        records = new SubscribedRecords(identity, subscribed.Subscription);
        (filling, underWay) = (new Batch(world.Memory), new Batch(world.Memory));
        dueTimer = Timer(static subscriber => subscriber.isDue = true);
        retryTimer = Timer(static subscriber => subscriber.isBackingOff = false);
    }

    /// <summary>Completes when the subscriber has ended, and nothing of it is left.</summary>
    public Task Closed => closed.Task;

    private bool IsFull => filling.Items >= buffering.MaxItems || filling.Length >= buffering.MaxBytes;

    public bool Wants(TelemetryTypes type) => records.Wants(type);

    public void Take(LifecycleEvent happened)
    {
        var type = SubscribedRecords.TypeOf(happened);
        if (hasEnded || !records.Wants(type))
            return;
        switch (happened)
        {
            case OutputLines lines:
                foreach (var line in lines)
                    Take(type, lines.Time, line);
                break;
            case LogFrame frame:
                Take(type, frame.Time, frame.Message.Span);
                break;
            case PlatformEvent platform:
                Take(platform);
                break;
        }
    }

    /// <summary>Counts events that this subscriber will never get.</summary>
    public void Drop(long lostRecords, long lostBytes)
    {
        (droppedRecords, droppedBytes) = (droppedRecords + lostRecords, droppedBytes + lostBytes);
        if (filling.Items == 0)
            TellOfDropped();
    }

    public void Freeze()
    {
        isAwake = false;
        attempt?.Pause();
    }

    public void Thaw()
    {
        isAwake = true;
        attempt?.Resume();
        Go();
    }

    /// <summary>There is no more time to wait for more: Shutdown has begun.</summary>
    public void Hurry()
    {
        (isHasty, isBackingOff) = (true, false);
        backOff.Reset();
        Go();
    }

    /// <summary>Brings what there is, between two phases. Completes when nothing is left.</summary>
    public Task EmptyAsync()
    {
        emptied ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = emptied.Task;
        isAwake = true;
        Hurry();
        NoteIfEmpty();
        return all;
    }

    /// <summary>Undoes <see cref="EmptyAsync"/>: what is left stays until the next phase. <see cref="LetGoAsync"/> must follow.</summary>
    public void Rest()
    {
        (isAwake, isHasty) = (false, false);
        emptied = null;
    }

    /// <summary>Ends the attempt that is being made, if any, and leaves no connection open. The gate must not be held.</summary>
    public async Task LetGoAsync()
    {
        attempt?.End();
        await attempting;
        await delivery.CloseAsync();
    }

    /// <summary>No attempt begins any more, and what has not arrived is dropped. <see cref="GiveUp"/> must follow.</summary>
    public void End()
    {
        hasEnded = true;
        dueTimer.Dispose();
        retryTimer.Dispose();
    }

    /// <summary>Ends the attempt that is being made, if any, and gives everything back. The gate must not be held.</summary>
    public void GiveUp()
    {
        if (attempt is { } begun)
            begun.End();
        else
            _ = CloseAsync();
    }

    private void Take(TelemetryTypes type, DateTimeOffset time, ReadOnlySpan<byte> text)
    {
        if (IsFull || !world.Memory.HasRoom)
        {
            Drop(1, text.Length);
            return;
        }

        records.Write(type, time, text, filling);
        GoWhenDue();
    }

    private void Take(PlatformEvent platform)
    {
        var (before, itemsBefore) = (filling.Length, filling.Items);
        var hasRoom = !IsFull && world.Memory.HasRoom;
        if (!records.Write(platform, filling))
            return;
        if (hasRoom)
        {
            GoWhenDue();
            return;
        }

        var (lost, lostBytes) = (filling.Items - itemsBefore, filling.Length - before);
        filling.CutBack(before, itemsBefore);
        Drop(lost, lostBytes);
    }

    private void GoWhenDue()
    {
        if (isHasty || IsFull)
            Go();
        else
            SetTimer();
    }

    /// <summary>Once per batch, when its first event comes.</summary>
    private void SetTimer()
    {
        if (isTimed)
            return;
        isTimed = true;
        dueTimer.Change(buffering.Timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins what can begin now.</summary>
    private void Go()
    {
        if (attempt is not null || isBackingOff || !isAwake || hasEnded)
            return;
        if (underWay.Items == 0)
        {
            if (filling.Items == 0 || !(isDue || isHasty || IsFull))
                return;
            TakeTurns();
        }

        attempt = AttemptLimit.Begin(world.Time);
        attempting = Task.Factory.StartNew(
            AttemptAsync, attempt, CancellationToken.None, TaskCreationOptions.DenyChildAttach, world.Pool).Unwrap();
    }

    private void TakeTurns()
    {
        (filling, underWay) = (underWay, filling);
        (isDue, isTimed) = (false, false);
        dueTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (droppedRecords > 0)
            TellOfDropped();
    }

    private void TellOfDropped()
    {
        var told = new LogsDropped(name, droppedRecords, droppedBytes, DropReason) { Time = world.Time.GetUtcNow() };
        (droppedRecords, droppedBytes) = (0, 0);
        records.Write(told, filling);
        world.Others.Emit(told);
        SetTimer();
    }

    private async Task AttemptAsync(object? limit)
    {
        var hasArrived = await TryAsync(((AttemptLimit)limit!).Over);

        // A thread that serves sockets may have brought the answer, and must not wait for the gate.
        await Task.Yield();
        lock (world.Gate)
        {
            attempt!.Dispose();
            attempt = null;
            if (!hasEnded)
            {
                GoOn(hasArrived);
                return;
            }
        }

        await CloseAsync();
    }

    private void GoOn(bool hasArrived)
    {
        if (hasArrived)
        {
            underWay.Clear();
            backOff.Reset();
        }
        else
        {
            isBackingOff = true;
            retryTimer.Change(backOff.Next(), Timeout.InfiniteTimeSpan);
        }

        Go();
        NoteIfEmpty();
    }

    private void NoteIfEmpty()
    {
        if (attempt is null && underWay.Items == 0 && filling.Items == 0)
            emptied?.TrySetResult();
    }

    private async Task<bool> TryAsync(CancellationToken over)
    {
        try
        {
            return await delivery.SendAsync(underWay.Records, over);
        }
#pragma warning disable CA1031 // Whatever a listener, or a sandbox that breaks, does to us: the batch has not arrived.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref isClosing, 1) != 0)
            return;
        filling.Free();
        underWay.Free();
        await delivery.DisposeAsync();
        closed.SetResult();
    }

    private ITimer Timer(Action<Subscriber> note) => world.Time.CreateTimer(
        _ =>
        {
            lock (world.Gate)
            {
                note(this);
                Go();
            }
        },
        null,
        Timeout.InfiniteTimeSpan,
        Timeout.InfiniteTimeSpan);
}
