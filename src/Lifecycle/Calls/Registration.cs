namespace Thaw.Lifecycle.Calls;

/// <summary>An extension is registered; it names itself by this identifier from now on.</summary>
public sealed record Registration(Guid Identifier);
