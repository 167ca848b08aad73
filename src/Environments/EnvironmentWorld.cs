namespace Thaw.Environments;

/// <summary>The world, as it is passed in: clock, chance and ids.</summary>
public sealed record EnvironmentWorld(TimeProvider Time, Random Random, Func<Guid> NewId);
