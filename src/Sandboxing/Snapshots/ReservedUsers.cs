using Thaw.Sandboxing.Namespaces;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// The user ids of a snapshot's processes, set aside: nobody else gets them until this is disposed of, whether the snapshot is open or not.
/// Clones that run hold them for themselves.
/// </summary>
public sealed class ReservedUsers : IDisposable
{
    private readonly UserRange range;
    private int disposed;

    private ReservedUsers(UserRange range) => this.range = range;

    /// <summary>The first of them, as the machine counts.</summary>
    public uint First => range.First;

    /// <summary>Those of a snapshot on disk, by its manifest alone; null when nothing can be restored from what is there.</summary>
    /// <param name="folder">The snapshot's.</param>
    public static ReservedUsers? Of(string folder)
    {
        try
        {
            return new(UserRange.Share(ManifestText.Read(File.ReadAllBytes(Path.Combine(folder, Manifest.FileName))).FirstUser));
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException or SnapshotUnusableException or SandboxException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
            range.GiveBack();
    }
}
