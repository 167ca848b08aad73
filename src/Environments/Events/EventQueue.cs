using System.Collections.Concurrent;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Environments.Events;

/// <summary>
/// Asynchronous invocations: accepted durably, tried until they succeed or have had their time, finished at least once; spec (service) 10.
///
///   accept --> [ store, by function: due at once | due later ] --> attempt --> again later, or ended: destinations hear of it
///
/// Each function has a line of its own, so one that hangs holds up nobody else's events.
/// </summary>
/// <param name="mostAtOnce">Events of one function that may run at once; at least 1.</param>
public sealed class EventQueue(IStore store, IEventTarget target, int mostAtOnce, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, EventLine> lines = new();
    private readonly CancellationTokenSource end = new();

    /// <summary>Goes on with what was accepted before this process began.</summary>
    public async Task ResumeAsync()
    {
        foreach (var function in await store.ReadAsync(view => view.Partitions(Tables.Events)))
            LineOf(function).Wake();
    }

    /// <summary>Returns when the event would survive the death of this process.</summary>
    /// <param name="accepted">Number and due time are the queue's to set.</param>
    /// <exception cref="StoreException">It was not accepted.</exception>
    public async Task AcceptAsync(QueuedEvent accepted)
    {
        await store.WriteAsync(view =>
        {
            view.Put(Tables.Events, accepted with { DueAt = QueuedEvent.AtOnce, Number = view.NextNumber() });
            return true;
        });
        LineOf(accepted.Function).Wake();
    }

    /// <summary>Begins no attempt any more; those at work end, and what waits is kept.</summary>
    public async Task DrainAsync()
    {
        await end.CancelAsync();
        await Task.WhenAll(lines.Values.Select(line => line.Ended));
    }

    public async ValueTask DisposeAsync()
    {
        await DrainAsync();
        end.Dispose();
    }

    private EventLine LineOf(string function) =>
        lines.GetOrAdd(function, name => new EventLine(name, store, target, new EventPace(mostAtOnce, time), time, end.Token));
}
