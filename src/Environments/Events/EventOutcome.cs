namespace Thaw.Environments.Events;

/// <summary>What became of one attempt at an event.</summary>
public abstract record EventOutcome
{
    private EventOutcome()
    {
    }

    /// <summary>The function ran, and answered or failed.</summary>
    /// <param name="ExecutedVersion">A number or <c>$LATEST</c>.</param>
    /// <param name="Body">The answer, or the error's JSON.</param>
    /// <param name="Failed">Whether it is an error.</param>
    public sealed record Ran(string ExecutedVersion, ReadOnlyMemory<byte> Body, bool Failed) : EventOutcome;

    /// <summary>Nothing ran: throttled, or a fault of the platform. It uses up no attempt.</summary>
    public sealed record TurnedAway : EventOutcome;

    /// <summary>Nothing ran, and nothing may: the function's reserved concurrency is 0.</summary>
    public sealed record Forbidden(string Version) : EventOutcome;

    /// <summary>Nothing ran, and nothing may any more: the event is older than its rules allow.</summary>
    public sealed record Expired(string Version) : EventOutcome;

    /// <summary>The function, or the version that was invoked, is no more.</summary>
    public sealed record Gone : EventOutcome;
}
