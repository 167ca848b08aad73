using Thaw.Sandboxing.Snapshots;

namespace Thaw.Environments;

/// <summary>A clone of the sandbox that a snapshot was taken of, and the names that a plan's files have in it.</summary>
public sealed record RestoredHome(RestoredSandbox Restored, PathsInside Paths);
