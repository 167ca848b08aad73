using System.Globalization;
using Thaw.Linux;

namespace Thaw.Sandboxing.Storage;

/// <summary>
/// A /tmp for who may not make loop devices: a tmpfs with a hard size, mounted nowhere, as <see cref="TmpImage"/> has it. What is written
/// to it takes memory, that of its writer's control group where there is one; an empty one takes none.
/// </summary>
public static class TmpInMemory
{
    /// <summary>As many files as ext4 would have: one for each 16 KB. A file takes memory of the kernel's own, too.</summary>
    private const int FilesPerMegabyte = 64;

    /// <param name="megabytes"><see cref="TmpImage.MinMegabytes"/> to <see cref="TmpImage.MaxMegabytes"/>.</param>
    /// <exception cref="SandboxException">It cannot be made here and now.</exception>
    public static TmpImage Make(int megabytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(megabytes, TmpImage.MinMegabytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(megabytes, TmpImage.MaxMegabytes);
        try
        {
            return new(Mount(megabytes), megabytes);
        }
        catch (LinuxException failure)
        {
            throw new SandboxException($"No file system for /tmp can be made in memory: {failure.Message}", failure);
        }
    }

    private static FileDescriptor Mount(int megabytes)
    {
        using var context = new FileDescriptor(
            LinuxException.ThrowIfFailed(Syscalls.fsopen("tmpfs", Syscalls.FSOPEN_CLOEXEC), "fsopen tmpfs"));
        Set("size", string.Create(CultureInfo.InvariantCulture, $"{megabytes}m"));
        Set("nr_inodes", (megabytes * FilesPerMegabyte).ToString(CultureInfo.InvariantCulture));
        Set("mode", "1777");
        LinuxException.ThrowIfFailed(
            Syscalls.fsconfig(context.Number, Syscalls.FSCONFIG_CMD_CREATE, null, null), "fsconfig create");
        const ulong Attributes = Syscalls.MOUNT_ATTR_NOSUID | Syscalls.MOUNT_ATTR_NODEV | Syscalls.MOUNT_ATTR_NOATIME;
        return new(LinuxException.ThrowIfFailed(
            Syscalls.fsmount(context.Number, Syscalls.FSMOUNT_CLOEXEC, Attributes), "fsmount tmpfs"));

        void Set(string key, string value) => LinuxException.ThrowIfFailed(
            Syscalls.fsconfig(context.Number, Syscalls.FSCONFIG_SET_STRING, key, value), $"fsconfig {key}");
    }
}
