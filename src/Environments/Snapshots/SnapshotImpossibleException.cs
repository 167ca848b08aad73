namespace Thaw.Environments.Snapshots;

/// <summary>No snapshots can be taken on this machine. The message says why, and what helps.</summary>
public sealed class SnapshotImpossibleException(string message, Exception? inner = null) : Exception(message, inner);
