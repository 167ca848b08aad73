using Thaw.Lifecycle;

namespace Thaw.Environments.Pool;

/// <summary>What became of an invocation at the door.</summary>
public abstract record Routing
{
    private Routing()
    {
    }

    /// <summary>Nothing has run because there was no room for it, which counts as a throttle.</summary>
    public bool IsThrottled => this is Throttled or Refused { Lease: Lease.OutOfMemory };

    /// <summary>It runs, and its response will be answered for certain.</summary>
    /// <param name="Ended">Completes when the environment is ready for the next one; its caller may still be reading. Never fails.</param>
    public sealed record Accepted(Task<PhaseOutcome> Ended) : Routing;

    /// <summary>Nothing has run: as many invocations as may run at once are not answered yet.</summary>
    /// <param name="IsReserved">It is the function's own limit, not the account's.</param>
    public sealed record Throttled(int Limit, bool IsReserved) : Routing;

    /// <summary>Nothing has run, and nothing will now.</summary>
    public sealed record Refused(Lease Lease) : Routing;
}
