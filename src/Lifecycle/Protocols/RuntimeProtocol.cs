namespace Thaw.Lifecycle.Protocols;

/// <summary>
/// What the runtime may do when. Closed by default: what is not listed is refused; spec 2.3.
///
///   Started --next--> Ready --event--> Running --response|error--> ...Response --read--> RuntimeResponseSentState --next--> Ready
///      | restore/next                     ^ next (same event)
///      +--> RestoreReady --restored--> Restoring --next--> Ready
/// </summary>
public static class RuntimeProtocol
{
    /// <summary>The state after the move, or null when the move is refused.</summary>
    public static RuntimeState? After(RuntimeState state, RuntimeMove move) => (state, move) switch
    {
        (RuntimeState.Started, RuntimeMove.Next) => RuntimeState.Ready,
        (RuntimeState.Started, RuntimeMove.RestoreNext) => RuntimeState.RestoreReady,
        (RuntimeState.Started, RuntimeMove.InitError) => RuntimeState.InitError,

        (RuntimeState.RestoreReady, RuntimeMove.Restored) => RuntimeState.Restoring,
        (RuntimeState.Restoring, RuntimeMove.Next) => RuntimeState.Ready,
        (RuntimeState.Restoring, RuntimeMove.RestoreError) => RuntimeState.RuntimeRestoreErrorState,
        (RuntimeState.Restoring, RuntimeMove.InitError) => RuntimeState.RuntimeRestoreErrorState,

        (RuntimeState.Ready, RuntimeMove.Next) => RuntimeState.Ready,
        (RuntimeState.Ready, RuntimeMove.Dispatched) => RuntimeState.Running,

        (RuntimeState.Running, RuntimeMove.Next) => RuntimeState.Running,
        (RuntimeState.Running, RuntimeMove.Response) => RuntimeState.InvocationResponse,
        (RuntimeState.Running, RuntimeMove.Error) => RuntimeState.InvocationErrorResponse,
        (RuntimeState.InvocationResponse, RuntimeMove.Sent) => RuntimeState.RuntimeResponseSentState,
        (RuntimeState.InvocationErrorResponse, RuntimeMove.Sent) => RuntimeState.RuntimeResponseSentState,
        (RuntimeState.RuntimeResponseSentState, RuntimeMove.Next) => RuntimeState.Ready,

        _ => null,
    };

    /// <summary>The state that a refusal names as the one asked for. A refused restore/next prints <c>Ready</c>: AWS's quirk.</summary>
    public static RuntimeState Target(RuntimeMove move) => move switch
    {
        RuntimeMove.Next or RuntimeMove.RestoreNext => RuntimeState.Ready,
        RuntimeMove.InitError => RuntimeState.InitError,
        RuntimeMove.RestoreError => RuntimeState.RuntimeRestoreErrorState,
        RuntimeMove.Response => RuntimeState.InvocationResponse,
        RuntimeMove.Error => RuntimeState.InvocationErrorResponse,
        RuntimeMove.Dispatched => RuntimeState.Running,
        RuntimeMove.Sent => RuntimeState.RuntimeResponseSentState,
        RuntimeMove.Restored => RuntimeState.Restoring,
        _ => throw new ArgumentOutOfRangeException(nameof(move), move, null),
    };
}
