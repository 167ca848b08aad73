namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// No snapshot of it can be taken, now or at all; it goes on unharmed. The message is a reason that a person can act on.
/// </summary>
public sealed class SnapshotRefusedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Something was under way that is over in a moment: the same may be tried again at once.</summary>
    public bool IsBusy { get; init; }
}
