namespace Thaw.Lifecycle.Protocols;

/// <summary>
/// What an extension may do when. Closed by default; spec 3.
///
///   Started --register--> Registered --next--> Ready --event--> Running --next--> Ready
///                             | init/error       \______________/ exit/error
///                             v                          v
///                         InitError                  ExitError
/// </summary>
public static class ExtensionProtocol
{
    /// <summary>The state after the move, or null when the move is refused.</summary>
    public static ExtensionState? After(ExtensionState state, ExtensionMove move) => (state, move) switch
    {
        (ExtensionState.Started, ExtensionMove.Register) => ExtensionState.Registered,

        (ExtensionState.Registered, ExtensionMove.Next) => ExtensionState.Ready,
        (ExtensionState.Running, ExtensionMove.Next) => ExtensionState.Ready,
        (ExtensionState.Ready, ExtensionMove.Dispatched) => ExtensionState.Running,

        (ExtensionState.Registered, ExtensionMove.InitError) => ExtensionState.InitError,
        (ExtensionState.InitError, ExtensionMove.InitError) => ExtensionState.InitError,

        (ExtensionState.Registered, ExtensionMove.ExitError) => ExtensionState.ExitError,
        (ExtensionState.Ready, ExtensionMove.ExitError) => ExtensionState.ExitError,
        (ExtensionState.Running, ExtensionMove.ExitError) => ExtensionState.ExitError,
        (ExtensionState.ExitError, ExtensionMove.ExitError) => ExtensionState.ExitError,

        _ => null,
    };

    /// <summary>The state that a refusal names as the one asked for.</summary>
    public static ExtensionState Target(ExtensionMove move) => move switch
    {
        ExtensionMove.Register => ExtensionState.Registered,
        ExtensionMove.Next => ExtensionState.Ready,
        ExtensionMove.InitError => ExtensionState.InitError,
        ExtensionMove.ExitError => ExtensionState.ExitError,
        ExtensionMove.Dispatched => ExtensionState.Running,
        _ => throw new ArgumentOutOfRangeException(nameof(move), move, null),
    };
}
