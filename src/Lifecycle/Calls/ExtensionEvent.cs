using Thaw.Contracts;

namespace Thaw.Lifecycle.Calls;

/// <summary>What an extension's <c>event/next</c> returns; spec 3.3.</summary>
/// <param name="EventId">Fresh for every event; spec: ENV-084.</param>
public abstract record ExtensionEvent(Guid EventId, DateTimeOffset Deadline)
{
    public sealed record Invoke(Guid EventId, DateTimeOffset Deadline, Invocation Invocation) : ExtensionEvent(EventId, Deadline);

    public sealed record Shutdown(Guid EventId, DateTimeOffset Deadline, ShutdownReason Reason) : ExtensionEvent(EventId, Deadline);
}
