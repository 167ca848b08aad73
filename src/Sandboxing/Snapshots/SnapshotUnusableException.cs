namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// A snapshot that is there cannot be restored: it is damaged, or was taken by another CRIU, kernel, processor or agent. The message says
/// which, without a full stop.
/// </summary>
public sealed class SnapshotUnusableException(string message, Exception? inner = null) : Exception(message, inner);
