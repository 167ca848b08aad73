using Thaw.Contracts;
using Thaw.Lifecycle;

namespace Thaw.Environments;

/// <summary>What the pool needs of an execution environment.</summary>
public interface IEnvironment : IAsyncDisposable
{
    /// <summary>It has collapsed by itself: nothing can run in it any more.</summary>
    bool IsBroken { get; }

    /// <summary>
    /// What comes ahead of the first invocation: Init, and Restore with SnapStart. The first invocation tries an Init that fails again, on
    /// its own time (spec 1.4); nothing follows a Restore that fails.
    /// </summary>
    Task<PhaseOutcome> GetReadyAsync();

    /// <summary>One invocation; returns when the environment is ready for the next. The answer goes to its response, earlier.</summary>
    Task<PhaseOutcome> InvokeAsync(Invocation invocation);

    /// <summary>
    /// Shutdown: the processes get their time to end. Call it when no phase runs. True: none of them is left, nor of their memory.
    /// </summary>
    Task<bool> ShutdownAsync(ShutdownReason reason);
}
