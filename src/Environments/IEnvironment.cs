using Thaw.Contracts;
using Thaw.Lifecycle;

namespace Thaw.Environments;

/// <summary>What the pool needs of an execution environment.</summary>
public interface IEnvironment : IAsyncDisposable
{
    /// <summary>It has collapsed by itself: nothing can run in it any more.</summary>
    bool IsBroken { get; }

    /// <summary>Init, ahead of any invoke.</summary>
    Task<PhaseOutcome> InitAsync();

    /// <summary>One invocation; returns when the environment is ready for the next. The answer goes to its response, earlier.</summary>
    Task<PhaseOutcome> InvokeAsync(Invocation invocation);

    /// <summary>Shutdown: the processes get their time to end. Call it when no phase runs.</summary>
    Task ShutdownAsync(ShutdownReason reason);
}
