using System.Runtime.InteropServices;

namespace Thaw.Linux;

/// <summary>Namespaces, mounts and privileges.</summary>
internal static unsafe partial class Syscalls
{
    // Namespaces

    internal const int
        CLONE_FS = 0x200, CLONE_NEWTIME = 0x80, CLONE_NEWNS = 0x20000, CLONE_NEWCGROUP = 0x2000000, CLONE_NEWUTS = 0x4000000,
        CLONE_NEWIPC = 0x8000000, CLONE_NEWUSER = 0x10000000, CLONE_NEWPID = 0x20000000, CLONE_NEWNET = 0x40000000;

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int setns(int fd, int type);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int unshare(int flags);

    /// <summary>As fork(2), into fresh namespaces: in the child this thread is the only one, and 0 is returned.</summary>
    internal static int clone(int flags) => (int)syscall(IsArm ? 220 : 56, flags, 0, 0, 0, 0);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int sethostname(byte* name, nuint length);

    // Mounts. The newer calls have the same numbers everywhere, and not every libc knows them by name.

    internal const int AT_FDCWD = -100, AT_EMPTY_PATH = 0x1000, AT_RECURSIVE = 0x8000, MNT_DETACH = 2, MOVE_MOUNT_F_EMPTY_PATH = 4;
    internal const uint OPEN_TREE_CLONE = 1;
    internal const ulong MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOEXEC = 8, MS_REC = 1 << 14, MS_PRIVATE = 1 << 18;
    internal const ulong MOUNT_ATTR_RDONLY = 1, MOUNT_ATTR_NOSUID = 2, MOUNT_ATTR_NODEV = 4, MOUNT_ATTR_NOEXEC = 8;
    private const int OpenTree = 428, MoveMount = 429, CloseRange = 436, MountSetattr = 442;

    [StructLayout(LayoutKind.Sequential)]
    internal struct mount_attr
    {
        internal ulong attr_set;
        internal ulong attr_clr;
        internal ulong propagation;
        internal ulong userns_fd;
    }

    internal static int open_tree(int directory, byte* path, uint flags) =>
        (int)syscall(OpenTree, directory, (nint)path, (nint)flags, 0, 0);

    internal static int move_mount(int from, byte* fromPath, int to, byte* toPath, uint flags) =>
        (int)syscall(MoveMount, from, (nint)fromPath, to, (nint)toPath, (nint)flags);

    internal static int mount_setattr(int directory, byte* path, uint flags, mount_attr* attributes) =>
        (int)syscall(MountSetattr, directory, (nint)path, (nint)flags, (nint)attributes, sizeof(mount_attr));

    /// <summary>Since Linux 5.9.</summary>
    internal static int close_range(uint first, uint last, uint flags) =>
        (int)syscall(CloseRange, (nint)first, (nint)last, (nint)flags, 0, 0);

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string source, string target, string type, ulong flags, nint data);

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int umount2(string target, int flags);

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int pivot_root(string newRoot, string putOld);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int fchdir(int fd);

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int chdir(string path);

    // Files that only root makes

    internal const uint S_IFCHR = 0x2000;

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mknod(string path, uint mode, ulong device);

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int chmod(string path, uint mode);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int fchownat(int directory, byte* path, uint owner, uint group, int flags);

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int link(string path, string newPath);

    // Privileges

    internal const int
        PR_CAPBSET_DROP = 24, PR_SET_NO_NEW_PRIVS = 38, PR_CAP_AMBIENT = 47, PR_CAP_AMBIENT_CLEAR_ALL = 4, PR_SET_SECCOMP = 22,
        SECCOMP_MODE_FILTER = 2, SIG_SETMASK = 2;

    internal const uint LINUX_CAPABILITY_VERSION_3 = 0x20080522;

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial uint geteuid();

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial uint getegid();

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int setsid();

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial uint umask(uint mask);

    // For this thread: libc's would go round all others first.

    internal static int setgroups(nuint count, uint* groups) => (int)syscall(IsArm ? 159 : 116, (nint)count, (nint)groups, 0, 0, 0);

    internal static int setresgid(uint real, uint effective, uint saved) =>
        (int)syscall(IsArm ? 149 : 119, (nint)real, (nint)effective, (nint)saved, 0, 0);

    internal static int setresuid(uint real, uint effective, uint saved) =>
        (int)syscall(IsArm ? 147 : 117, (nint)real, (nint)effective, (nint)saved, 0, 0);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int capget(uint* header, uint* data);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int capset(uint* header, uint* data);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int sigprocmask(int how, byte* signals, byte* before);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int execv(byte* path, byte** arguments);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int dup2(int from, int to);

    // Network

    internal const int AF_INET = 2, AF_INET6 = 10, IFF_UP = 1;
    internal const nuint SIOCGIFFLAGS = 0x8913, SIOCSIFFLAGS = 0x8914;

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    [LibraryImport(Libc, SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e);
}
