namespace Thaw.Sandboxing.Cgroups;

/// <summary>Something that sandboxes go without here.</summary>
/// <param name="Controller">Null for the freezer.</param>
/// <param name="Reason">Why, and what mends it; for a person.</param>
public sealed record MissingController(Controller? Controller, string Reason);
