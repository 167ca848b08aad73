using Thaw.Store.Records;

namespace Thaw.Environments.Events;

/// <summary>What happens to an event after an attempt.</summary>
public abstract record EventStep
{
    private EventStep()
    {
    }

    /// <summary>It is tried again.</summary>
    /// <param name="Event">With its next due time.</param>
    public sealed record Again(QueuedEvent Event) : EventStep;

    /// <summary>It has come to its end, and whoever is to hear of that does.</summary>
    /// <param name="Attempts">How often the function ran for it.</param>
    /// <param name="Last">The last attempt; null when there was none.</param>
    public sealed record Ended(EventCondition Condition, int Attempts, EventOutcome.Ran? Last) : EventStep;

    /// <summary>It goes, and nobody is left to hear of it.</summary>
    public sealed record Dropped : EventStep;
}
