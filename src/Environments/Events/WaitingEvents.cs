using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Environments.Events;

/// <summary>
/// Reads the events of one function as they become due, a batch at a time, each once.
///
///   store:   | due at once, by number ........ | put off, by due time .......... |
///            | taken      ^ atOnce   to come   | taken      ^ later    to come   |
///
/// What lies before a place has been taken and is at work. Numbers grow in the order in which events become visible, so none appears before
/// the first. An event that is put off may appear before the second, where its write took long or the clock was set back: who put it off
/// gives it back here, and the place goes back to before it. Those at work that are met again on the way are known, and passed over.
/// </summary>
/// <remarks>For one thread at a time.</remarks>
internal sealed class WaitingEvents(string function, IStore store)
{
    /// <summary>Read at a time; each may have a megabyte.</summary>
    private const int Batch = 16;

    private readonly Queue<QueuedEvent> read = new();
    private readonly HashSet<(long DueAt, long Number)> taken = [];
    private string? atOnce;
    private string later = QueuedEvent.BeforeLater;

    /// <summary>How many were read and are nobody's yet.</summary>
    public int Count => read.Count;

    /// <summary>When the first one is due that was not due at the last reading, in milliseconds since 1970; null for never.</summary>
    public long? NextDue { get; private set; }

    /// <summary>The next that was read, which stays taken until it is given back or forgotten.</summary>
    public bool TryTake(out QueuedEvent waiting) => read.TryDequeue(out waiting!);

    /// <summary>One that was taken has left the store, or has been put off.</summary>
    /// <param name="putOff">As it lies in the store now; null if it does no more.</param>
    public void Return(QueuedEvent waiting, QueuedEvent? putOff)
    {
        taken.Remove((waiting.DueAt, waiting.Number));
        if (putOff is null)
            return;
        var before = Tables.EventName(putOff.DueAt, putOff.Number - 1);
        if (string.CompareOrdinal(before, later) < 0)
            later = before;
    }

    /// <summary>Reads what is due, those put off first; whether there may be more.</summary>
    /// <param name="now">In milliseconds since 1970.</param>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async Task<bool> ReadAsync(long now)
    {
        var (putOff, others) = await store.ReadAsync(view => (
            view.List(Tables.Events, function, later, Batch),
            view.List(Tables.Events, function, atOnce, Batch)));
        NextDue = null;
        var passed = 0;
        foreach (var waiting in putOff)
        {
            if (waiting.DueAt > now)
            {
                NextDue = waiting.DueAt;
                break;
            }

            later = Pass(waiting);
            passed++;
        }

        foreach (var waiting in others.TakeWhile(one => one.DueAt == QueuedEvent.AtOnce))
        {
            atOnce = Pass(waiting);
            passed++;
        }

        return passed >= Batch;
    }

    private string Pass(QueuedEvent waiting)
    {
        if (taken.Add((waiting.DueAt, waiting.Number)))
            read.Enqueue(waiting);
        return Tables.EventName(waiting.DueAt, waiting.Number);
    }
}
