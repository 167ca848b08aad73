namespace Thaw.Lifecycle.Protocols;

/// <summary>What moves the runtime: its own calls, and three moves of the platform's.</summary>
public enum RuntimeMove
{
    Next,
    RestoreNext,
    InitError,
    RestoreError,
    Response,
    Error,

    /// <summary>The platform hands over an event.</summary>
    Dispatched,

    /// <summary>The platform has read a response or an error to its end.</summary>
    Sent,

    /// <summary>The platform has resumed a snapshot.</summary>
    Restored,
}
