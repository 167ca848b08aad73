namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// No snapshot of it can be taken, now or at all; it goes on unharmed. The message is a reason that a person can act on.
/// </summary>
public sealed class SnapshotRefusedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Something was under way that is over in a moment: the same may be tried again at once.</summary>
    public bool IsBusy { get; init; }

    /// <summary>It would have been larger than what the disk has left. Nothing of it is there.</summary>
    public bool IsFull { get; init; }
}
