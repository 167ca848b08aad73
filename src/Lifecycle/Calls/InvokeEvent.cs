namespace Thaw.Lifecycle.Calls;

/// <summary>What a runtime's <c>next</c> returns.</summary>
/// <param name="Deadline">Dispatch time plus timeout; spec: ENV-048.</param>
public sealed record InvokeEvent(Invocation Invocation, DateTimeOffset Deadline);
