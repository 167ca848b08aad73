using Thaw.Sandboxing;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.Environments;

/// <summary>Makes the sandboxes that environments live in.</summary>
public interface IEnvironmentHomes
{
    /// <summary>An empty one.</summary>
    /// <exception cref="SandboxException">There is none to be had, here and now.</exception>
    Task<EnvironmentHome> CreateAsync(EnvironmentPlan plan);

    /// <summary>What snapshots of such an environment are taken with.</summary>
    /// <exception cref="SandboxException">None can be taken here; the message says why, and what helps.</exception>
    Task<Snapshotter> SnapshotterAsync(EnvironmentPlan plan);

    /// <summary>An empty one that a snapshot can be taken of.</summary>
    /// <exception cref="SandboxException">There is none to be had, here and now.</exception>
    Task<EnvironmentHome> CreateForSnapshotAsync(EnvironmentPlan plan);

    /// <summary>A clone.</summary>
    /// <param name="outputOf">Takes what a process writes, by the name of its participant.</param>
    /// <exception cref="SnapshotUnusableException">It is damaged, or does not fit.</exception>
    /// <exception cref="SandboxException">It could not be restored here and now. Another try may do better.</exception>
    Task<RestoredHome> RestoreAsync(EnvironmentPlan plan, Snapshot snapshot, Func<string, IProcessOutput> outputOf);
}
