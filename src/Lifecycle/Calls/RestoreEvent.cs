namespace Thaw.Lifecycle.Calls;

/// <summary>What a runtime's <c>restore/next</c> returns: nothing but the fact.</summary>
public sealed record RestoreEvent;
