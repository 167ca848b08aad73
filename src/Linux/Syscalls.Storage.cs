using System.Runtime.InteropServices;

namespace Thaw.Linux;

/// <content>Files without a name, loop devices, and file systems that are mounted nowhere.</content>
internal static unsafe partial class Syscalls
{
    internal const int O_EXCL = 0x80, O_PATH = 0x200000;
    internal const int SEEK_DATA = 3, SEEK_HOLE = 4;

    // With O_DIRECTORY, whose number differs between architectures.
    internal static readonly int O_TMPFILE =
        0x400000 | (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000);

    internal const nuint LOOP_CTL_GET_FREE = 0x4C82, LOOP_CONFIGURE = 0x4C0A;
    internal const uint LO_FLAGS_AUTOCLEAR = 4, LO_FLAGS_DIRECT_IO = 16;

    internal const uint S_IFBLK = 0x6000;

    internal const uint FSOPEN_CLOEXEC = 1, FSMOUNT_CLOEXEC = 1;
    internal const uint FSCONFIG_SET_FLAG = 0, FSCONFIG_SET_STRING = 1, FSCONFIG_CMD_CREATE = 6;
    internal const uint MOUNT_ATTR_NOATIME = 0x10;

    internal const int AT_REMOVEDIR = 0x200;

    // Neither glibc 2.35 nor musl have these; the numbers are the same on all architectures.
    private const nint SYS_fsopen = 430, SYS_fsconfig = 431, SYS_fsmount = 432, SYS_openat2 = 437;

    /// <summary>Nothing on the way leads out of the folder that it begins in.</summary>
    internal const ulong RESOLVE_BENEATH = 8;

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int unlink(string path);

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int unlinkat(int directory, string path, int flags);

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int fchmodat(int directory, string path, uint mode, int flags);

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int fchownat(int directory, string path, uint user, uint group, int flags);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int syncfs(int fd);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial long lseek(int fd, long offset, int whence);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial nint copy_file_range(int from, long* fromOffset, int to, long* toOffset, nuint length, uint flags);

    [LibraryImport(Libc, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int ioctl(int fd, nuint request, nint argument);

    internal static int fsopen(string type, uint flags)
    {
        using var name = new Utf8String(type);
        return (int)syscall(SYS_fsopen, name.Address, (nint)flags, 0, 0, 0);
    }

    internal static int fsconfig(int fd, uint command, string? key, string? value)
    {
        using Utf8String name = new(key), text = new(value);
        return (int)syscall(SYS_fsconfig, fd, (nint)command, name.Address, text.Address, 0);
    }

    internal static int fsmount(int fd, uint flags, ulong attributes) =>
        (int)syscall(SYS_fsmount, fd, (nint)flags, (nint)attributes, 0, 0);

    /// <summary>Since Linux 5.6.</summary>
    internal static int openat2(int directory, string path, int flags, ulong resolve)
    {
        using var name = new Utf8String(path);
        var how = stackalloc ulong[] { (ulong)flags, 0, resolve };
        return (int)syscall(SYS_openat2, directory, name.Address, (nint)how, 3 * sizeof(ulong), 0);
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct loop_config
    {
        internal uint fd;
        internal uint block_size;
        internal loop_info64 info;
        internal fixed ulong reserved[8];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct loop_info64
    {
        internal ulong device, inode, rdevice, offset, sizelimit;
        internal uint number, encrypt_type, encrypt_key_size, flags;
        internal fixed byte file_name[64];
        internal fixed byte crypt_name[64];
        internal fixed byte encrypt_key[32];
        internal fixed ulong init[2];
    }

    private readonly struct Utf8String(string? text) : IDisposable
    {
        internal nint Address { get; } = Marshal.StringToCoTaskMemUTF8(text);

        public void Dispose() => Marshal.FreeCoTaskMem(Address);
    }
}
