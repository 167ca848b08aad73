using System.Text;
using Thaw.Linux;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// A mount of a file or folder, with what is mounted below it, that is attached nowhere yet; see open_tree(2). It can be handed to a
/// process that could never reach the path, and it is gone when nobody holds it.
/// </summary>
internal static unsafe class DetachedMount
{
    /// <summary>No device and no set-user-id bit works there, and nobody writes.</summary>
    internal const ulong ReadOnly = Syscalls.MOUNT_ATTR_RDONLY | Syscalls.MOUNT_ATTR_NOSUID | Syscalls.MOUNT_ATTR_NODEV;

    /// <summary>The same, but it can be written to.</summary>
    internal const ulong Writable = Syscalls.MOUNT_ATTR_NOSUID | Syscalls.MOUNT_ATTR_NODEV;

    /// <summary>Nothing but devices.</summary>
    internal const ulong Devices = Syscalls.MOUNT_ATTR_RDONLY | Syscalls.MOUNT_ATTR_NOSUID | Syscalls.MOUNT_ATTR_NOEXEC;

    /// <exception cref="LinuxException">It does not exist, or we may not mount.</exception>
    internal static FileDescriptor Of(string path, ulong attributes)
    {
        const uint Flags = Syscalls.OPEN_TREE_CLONE | Syscalls.O_CLOEXEC | Syscalls.AT_RECURSIVE;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            var mount = new FileDescriptor(
                LinuxException.ThrowIfFailed(Syscalls.open_tree(Syscalls.AT_FDCWD, name, Flags), $"open_tree {path}"));
            try
            {
                Set(mount, attributes, path);
                return mount;
            }
            catch
            {
                mount.Dispose();
                throw;
            }
        }
    }

    /// <summary>Gives the folder that is mounted there to a user, by the ids of the machine.</summary>
    internal static void GiveTo(FileDescriptor mount, uint user)
    {
        byte nothing = 0;
        LinuxException.ThrowIfFailed(Syscalls.fchownat(mount.Number, &nothing, user, user, Syscalls.AT_EMPTY_PATH), "fchownat");
    }

    private static void Set(FileDescriptor mount, ulong attributes, string path)
    {
        byte nothing = 0;
        var attr = new Syscalls.mount_attr
        {
            attr_set = attributes,

            // On many machines all mounts are shared, and such a one can be nobody's root.
            propagation = Syscalls.MS_PRIVATE,

            // Where a file system was mounted without devices, a folder of devices would be useless.
            attr_clr = attributes == Devices ? Syscalls.MOUNT_ATTR_NODEV : 0,
        };
        var flags = (uint)(Syscalls.AT_EMPTY_PATH | Syscalls.AT_RECURSIVE);
        LinuxException.ThrowIfFailed(Syscalls.mount_setattr(mount.Number, &nothing, flags, &attr), $"mount_setattr {path}");
    }
}
