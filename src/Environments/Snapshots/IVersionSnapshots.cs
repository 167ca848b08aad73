namespace Thaw.Environments.Snapshots;

/// <summary>Takes snapshots of published versions; spec 7.1.</summary>
public interface IVersionSnapshots
{
    /// <summary>
    /// It has turned out behind an environment whether those of a version are restored: true when there is a snapshot, false when there is
    /// none and none can be taken. Not told of what <see cref="TakeAsync"/> tells its caller. On any thread, which must not be kept.
    /// </summary>
    event Action<VersionId, bool>? TurnedOut;

    /// <summary>Those that there are, of use or not; null when there have never been any.</summary>
    IReadOnlyList<VersionId>? All { get; }

    /// <summary>Why no snapshot of such an environment can be taken on this machine; null when one can.</summary>
    Task<string?> WhyNotAsync(EnvironmentPlan plan);

    /// <summary>Initialises an environment of the version once, and takes its snapshot.</summary>
    /// <exception cref="SnapshotImpossibleException">None can be taken on this machine; the function is as good as any other.</exception>
    /// <exception cref="SnapshotFailedException">The function does not initialise, or cannot be snapshotted.</exception>
    /// <exception cref="OperationCanceledException">The daemon ends, or the version was forgotten meanwhile.</exception>
    Task TakeAsync(EnvironmentPlan plan);

    /// <summary>
    /// The version is no more, or nobody wants it for now: its snapshot goes, and one that is being taken is broken off. Restores that are
    /// under way may fail, and then their environments are initialised.
    /// </summary>
    Task ForgetAsync(VersionId version);
}
