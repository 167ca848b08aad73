namespace Thaw.Lifecycle.Protocols;

/// <summary>Where the runtime stands. The names are those that appear in refusals; spec 2.3.</summary>
public enum RuntimeState
{
    Started,
    InitError,
    RestoreReady,
    Restoring,
    RuntimeRestoreErrorState,
    Ready,
    Running,
    InvocationResponse,
    InvocationErrorResponse,
    RuntimeResponseSentState,
}
