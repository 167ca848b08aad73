using System.Collections.Concurrent;
using Thaw.Environments.Events;
using Thaw.Store.Records;

namespace Thaw.UnitTests.Environments.Events;

/// <summary>Functions that do what a test says, and nobody who hears of it but the test.</summary>
internal sealed class FakeTarget : IEventTarget
{
    private readonly SemaphoreSlim news = new(0);

    public Func<QueuedEvent, Task<EventOutcome>> Run { get; set; } = _ => Task.FromResult<EventOutcome>(Outcomes.Success);

    public EventRules Rules { get; set; } = new();

    public ConcurrentQueue<QueuedEvent> Tried { get; } = new();

    public ConcurrentQueue<(QueuedEvent Event, EventStep.Ended End)> Told { get; } = new();

    public ConcurrentQueue<QueuedEvent> Lost { get; } = new();

    /// <summary>How many there were.</summary>
    public int Notices { get; private set; }

    public Task<EventOutcome> RunAsync(QueuedEvent waiting)
    {
        Tried.Enqueue(waiting);
        news.Release();
        return Run(waiting);
    }

    public Task<EventRules> RulesOfAsync(QueuedEvent waiting, EventOutcome outcome) => Task.FromResult(Rules);

    public Task TellAsync(QueuedEvent ended, EventStep.Ended end, EventRules rules)
    {
        Told.Enqueue((ended, end));
        news.Release();
        return Task.CompletedTask;
    }

    public void Dropped(QueuedEvent dropped)
    {
        Lost.Enqueue(dropped);
        news.Release();
    }

    public void Notice(string text) => Notices++;

    /// <summary>Waits until something that happens on other threads is so.</summary>
    public async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!isSo())
            await news.WaitAsync(TimeSpan.FromMilliseconds(5), patience.Token);
    }
}
