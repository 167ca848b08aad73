using Thaw.Contracts;

namespace Thaw.Environments;

/// <summary>The world, as it is passed in: clock, chance, ids, and where events go.</summary>
public sealed record EnvironmentWorld(ILifecycleEvents Events, TimeProvider Time, Random Random, Func<Guid> NewId);
