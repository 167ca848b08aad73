using Thaw.Sandboxing.Snapshots;

namespace Thaw.Environments.Snapshots;

/// <summary>The snapshot of an initialised environment.</summary>
/// <param name="Memory">Its sandbox: processes, memory, connections, /tmp.</param>
/// <param name="Notes">What it was outside of that.</param>
public sealed record EnvironmentSnapshot(Snapshot Memory, SnapshotNotes Notes);
