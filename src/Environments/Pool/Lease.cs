using Thaw.Lifecycle;

namespace Thaw.Environments.Pool;

/// <summary>The pool's answer to a caller.</summary>
public abstract record Lease
{
    private Lease()
    {
    }

    /// <summary>A slot, to be returned when the invocation is over.</summary>
    public sealed record Granted(InvocationSlot Slot) : Lease;

    /// <summary>The machine's memory is taken by environments at work.</summary>
    public sealed record OutOfMemory : Lease;

    /// <summary>The pool is being drained.</summary>
    public sealed record Closed : Lease;

    /// <summary>Its environment did not get out of Restore; spec 1.10, 7.5.</summary>
    public sealed record NotRestored(PhaseOutcome Outcome) : Lease;

    /// <summary>No environment could be made. The function has not run.</summary>
    public sealed record Failed(string Reason) : Lease;
}
