namespace Thaw.Environments.Snapshots;

/// <summary>A version has no snapshot by a fault of its function's, or for want of room. The message is for its owner.</summary>
public sealed class SnapshotFailedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The version's StateReasonCode; spec (service) 4.4.</summary>
    public string ReasonCode { get; init; } = "InternalError";
}
