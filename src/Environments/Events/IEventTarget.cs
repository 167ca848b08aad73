using Thaw.Store.Records;

namespace Thaw.Environments.Events;

/// <summary>What the queue works for: the functions, and who hears of the end of their events.</summary>
public interface IEventTarget
{
    /// <summary>One attempt. Never throws.</summary>
    Task<EventOutcome> RunAsync(QueuedEvent waiting);

    /// <summary>How the event is to be tried, as configured now.</summary>
    Task<EventRules> RulesOfAsync(QueuedEvent waiting, EventOutcome outcome);

    /// <summary>Tells all who are to hear of an end. Never throws; who cannot be told is counted.</summary>
    Task TellAsync(QueuedEvent ended, EventStep.Ended end, EventRules rules);

    /// <summary>An event went without anybody hearing of it.</summary>
    void Dropped(QueuedEvent dropped);

    /// <summary>A fault of ours or of the store; the event is tried again later.</summary>
    void Notice(string text);
}
