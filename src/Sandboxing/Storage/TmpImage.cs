using Thaw.Linux;

namespace Thaw.Sandboxing.Storage;

/// <summary>
/// A file system of its own for one sandbox's /tmp, with a hard size, mounted nowhere: whoever has <see cref="Mount"/> may place it with
/// move_mount. Nothing of it has a name, so nothing has to be cleaned up.
/// <code>
///   file without a name  --  loop device (autoclear)  --  ext4, mounted detached  --  descriptor here, or a sandbox's /tmp
///   gone with the device      gone with the mount          gone with its last holder, however that one ends
/// </code>
/// </summary>
public sealed class TmpImage : IDisposable
{
    /// <summary>In megabytes of 1,048,576 bytes; what Lambda calls ephemeral storage.</summary>
    public const int MinMegabytes = 512, MaxMegabytes = 10_240;

    internal TmpImage(FileDescriptor mount, int megabytes, TmpFile? file = null) => (Mount, Megabytes, File) = (mount, megabytes, file);

    public int Megabytes { get; }

    /// <summary>The detached mount, nosuid and nodev; its root is writable for everybody (mode 1777).</summary>
    internal FileDescriptor Mount { get; }

    /// <summary>What it is stored in; null when that is memory.</summary>
    internal TmpFile? File { get; }

    /// <summary>Lets go of it. Where it has been placed by then, it stays.</summary>
    public void Dispose()
    {
        Mount.Dispose();
        File?.Dispose();
    }
}
