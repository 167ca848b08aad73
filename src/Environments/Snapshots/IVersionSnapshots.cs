namespace Thaw.Environments.Snapshots;

/// <summary>Takes snapshots of published versions; spec 7.1.</summary>
public interface IVersionSnapshots
{
    /// <summary>Initialises an environment of the version once, and takes its snapshot.</summary>
    /// <exception cref="SnapshotImpossibleException">None can be taken on this machine; the function is as good as any other.</exception>
    /// <exception cref="SnapshotFailedException">The function does not initialise, or cannot be snapshotted.</exception>
    /// <exception cref="OperationCanceledException">The daemon ends.</exception>
    Task TakeAsync(EnvironmentPlan plan);

    /// <summary>
    /// The version is no more, or its snapshot is of no use: the next environment initialises. Restores that are under way may fail, and
    /// then their environments are initialised, too.
    /// </summary>
    Task ForgetAsync(VersionId version);
}
