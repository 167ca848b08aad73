using Thaw.Lifecycle;

namespace Thaw.Environments.Snapshots;

/// <summary>What the processes of a snapshot rely on, and what is not in their memory.</summary>
/// <param name="MetadataToken">They have it in their variables; spec 6.5.</param>
/// <param name="KeysToken">So is this one; spec 7.6.</param>
public sealed record SnapshotNotes(ParkedProcesses Parked, string MetadataToken, string KeysToken);
