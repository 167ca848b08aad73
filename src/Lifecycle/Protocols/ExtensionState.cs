namespace Thaw.Lifecycle.Protocols;

/// <summary>Where an extension stands, in the words of <c>platform.extension</c>; spec 3.4.</summary>
public enum ExtensionState
{
    Started,
    Registered,
    Ready,
    Running,
    InitError,
    ExitError,
    ShutdownFailed,
    Exited,
    LaunchError,
}
