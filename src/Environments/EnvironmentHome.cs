using Thaw.Sandboxing;

namespace Thaw.Environments;

/// <summary>An empty sandbox, and the names that a plan's files have in it.</summary>
public sealed record EnvironmentHome(Sandbox Sandbox, PathsInside Paths);
