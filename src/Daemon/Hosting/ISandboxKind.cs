using Thaw.Environments;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Networks;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.Daemon.Hosting;

/// <summary>Makes sandboxes of one kind.</summary>
internal interface ISandboxKind : IAsyncDisposable
{
    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <param name="network">What is to be seen of it inside, where the kind can tell.</param>
    /// <param name="snapshotter">Makes it so that snapshots can be taken of it; null for what costs less.</param>
    /// <exception cref="SandboxException">There is none to be had, here and now.</exception>
    Task<IEmptySandbox> MakeAsync(NetworkKind network, Snapshotter? snapshotter = null);

    /// <summary>What snapshots are taken with. Once.</summary>
    /// <exception cref="SandboxException">None can be taken; the message says why, and what helps.</exception>
    Task<Snapshotter> StartSnapshotterAsync();

    /// <summary>A clone, furnished as the original was.</summary>
    /// <exception cref="SnapshotUnusableException">The snapshot is damaged, or does not fit.</exception>
    /// <exception cref="SandboxException">It could not be restored, here and now.</exception>
    Task<RestoredHome> RestoreAsync(
        EnvironmentPlan plan, NetworkKind network, Snapshot snapshot, Snapshotter snapshotter, Func<string, IProcessOutput> outputOf);
}
