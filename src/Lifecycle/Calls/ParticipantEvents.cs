using Thaw.Contracts;

namespace Thaw.Lifecycle.Calls;

/// <summary>What a runtime's <c>next</c> returns.</summary>
/// <param name="Deadline">Dispatch time plus timeout; spec: ENV-048.</param>
public sealed record InvokeEvent(Invocation Invocation, DateTimeOffset Deadline);

/// <summary>What a runtime's <c>restore/next</c> returns: nothing but the fact.</summary>
public sealed record RestoreEvent;

public enum ExtensionEventType
{
    Invoke,
    Shutdown,
}

public static class ExtensionEventTypeNames
{
    public static string ToWireName(this ExtensionEventType type) => type == ExtensionEventType.Invoke ? "INVOKE" : "SHUTDOWN";

    /// <summary>Reads a wire name; null when there is no such event.</summary>
    public static ExtensionEventType? Parse(string wireName) => wireName switch
    {
        "INVOKE" => ExtensionEventType.Invoke,
        "SHUTDOWN" => ExtensionEventType.Shutdown,
        _ => null,
    };
}

/// <summary>What an extension's <c>event/next</c> returns; spec 3.3.</summary>
/// <param name="EventId">Fresh for every event; spec: ENV-084.</param>
public abstract record ExtensionEvent(Guid EventId, DateTimeOffset Deadline)
{
    public sealed record Invoke(Guid EventId, DateTimeOffset Deadline, Invocation Invocation) : ExtensionEvent(EventId, Deadline);

    public sealed record Shutdown(Guid EventId, DateTimeOffset Deadline, ShutdownReason Reason) : ExtensionEvent(EventId, Deadline);
}
