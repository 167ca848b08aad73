namespace Thaw.Lifecycle.Protocols;

/// <summary>What moves an extension: its own calls, and the platform handing over an event.</summary>
public enum ExtensionMove
{
    Register,
    Next,
    InitError,
    ExitError,
    Dispatched,
}
