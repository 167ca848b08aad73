using System.Runtime.InteropServices;

namespace Thaw.Linux;

/// <summary>The system calls we use, under the names and with the arguments of their manual pages.</summary>
internal static unsafe partial class Syscalls
{
    private const string Libc = "libc";

    // Descriptors

    internal const int
        O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x40, O_NONBLOCK = 0x800, O_CLOEXEC = 0x80000;
    internal const int F_SETFD = 2, F_SETFL = 4, FD_CLOEXEC = 1, F_DUPFD_CLOEXEC = 1030;
    internal const nuint FIONREAD = 0x541B;

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags);

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags, uint mode);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial nint read(int fd, byte* buffer, nuint count);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial nint pread(int fd, byte* buffer, nuint count, long offset);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial nint pwrite(int fd, byte* buffer, nuint count, long offset);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial nint write(int fd, byte* buffer, nuint count);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int fcntl(int fd, int command, int argument);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int ioctl(int fd, nuint request, int* argument);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int pipe2(int* fds, int flags);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int poll(pollfd* fds, nuint count, int timeoutMilliseconds);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int sched_yield();

    internal const int EPOLL_CLOEXEC = 0x80000, EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3;
    internal const uint EPOLLIN = 1, EPOLLOUT = 4, EPOLLERR = 8, EPOLLHUP = 16, EPOLLRDHUP = 0x2000, EPOLLET = 0x80000000;

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int epoll_ctl(int epoll, int operation, int fd, byte* asked);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int epoll_wait(int epoll, byte* happened, int most, int timeoutMilliseconds);

    internal const short POLLIN = 1, POLLPRI = 2, POLLOUT = 4, POLLERR = 8, POLLHUP = 16;

    [StructLayout(LayoutKind.Sequential)]
    internal struct pollfd
    {
        internal int fd;
        internal short events;
        internal short revents;
    }

    // Sockets

    internal const int AF_UNIX = 1, SOCK_STREAM = 1, SOCK_CLOEXEC = 0x80000;
    internal const int MSG_DONTWAIT = 0x40, MSG_NOSIGNAL = 0x4000;

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int socketpair(int domain, int type, int protocol, int* fds);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial nint send(int fd, byte* buffer, nuint count, int flags);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial nint recv(int fd, byte* buffer, nuint count, int flags);

    internal const int SOL_SOCKET = 1, SCM_RIGHTS = 1, MSG_CMSG_CLOEXEC = 0x40000000;

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial nint sendmsg(int fd, msghdr* message, int flags);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial nint recvmsg(int fd, msghdr* message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    internal struct msghdr
    {
        internal void* name;
        internal uint namelen;
        internal iovec* iov;
        internal nuint iovlen;
        internal void* control;
        internal nuint controllen;
        internal int flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct iovec
    {
        internal void* start;
        internal nuint length;
    }

    // Memory

    internal const int PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1, MAP_PRIVATE = 2;
    internal const uint MFD_CLOEXEC = 1;

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int memfd_create(string name, uint flags);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int ftruncate(int fd, long length);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial nint mmap(nint address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial nint process_vm_writev(int pid, iovec* local, nuint localCount, iovec* remote, nuint remoteCount, nuint flags);

    // Directories

    internal const int W_OK = 2;

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int access(string path, int mode);

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mkdir(string path, uint mode);

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int rmdir(string path);

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint opendir(string path);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial byte* readdir(nint directory);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int closedir(nint directory);

    // Where d_name begins in struct dirent, on every 64-bit Linux.
    internal const int DirectoryEntryNameOffset = 19;

    // Processes

    internal const int SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGKILL = 9, SIGPIPE = 13, SIGTERM = 15;
    internal const int SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19;
    internal const nint SIG_IGN = 1;
    internal const int P_ALL = 0, WNOHANG = 1, WEXITED = 4, WNOWAIT = 0x01000000, __WALL = 0x40000000;
    internal const int PR_SET_DUMPABLE = 4, PR_SET_CHILD_SUBREAPER = 36;
    internal const int RLIMIT_CORE = 4, RLIMIT_NPROC = 6, RLIMIT_NOFILE = 7, RLIMIT_SIGPENDING = 11, RLIMIT_MSGQUEUE = 12;

    [LibraryImport(Libc)]
    internal static partial int getpid();

    [LibraryImport(Libc)]
    internal static partial void _exit(int status);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial nint signal(int signal, nint handler);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int waitpid(int pid, out int status, int options);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int waitid(int type, uint id, byte* siginfo, int options);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int setrlimit(int resource, rlimit* limit);

    [StructLayout(LayoutKind.Sequential)]
    internal struct rlimit
    {
        internal ulong soft;
        internal ulong hard;
    }

    // posix_spawn: these return the error number instead of setting errno.

    internal const short
        POSIX_SPAWN_SETPGROUP = 0x02, POSIX_SPAWN_SETSIGDEF = 0x04, POSIX_SPAWN_SETSIGMASK = 0x08, POSIX_SPAWN_SETSID = 0x80;

    [LibraryImport(Libc)]
    internal static partial int posix_spawn(int* pid, byte* path, byte* actions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport(Libc)]
    internal static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport(Libc)]
    internal static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport(Libc)]
    internal static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport(Libc)]
    internal static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport(Libc)]
    internal static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport(Libc)]
    internal static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport(Libc)]
    internal static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport(Libc)]
    internal static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport(Libc)]
    internal static partial int posix_spawn_file_actions_addclose(byte* actions, int fd);

    [LibraryImport(Libc)]
    internal static partial int posix_spawn_file_actions_addopen(byte* actions, int fd, byte* path, int flags, uint mode);

    [LibraryImport(Libc)]
    internal static partial int posix_spawn_file_actions_addchdir_np(byte* actions, byte* path);

    [LibraryImport(Libc)]
    internal static partial int sigemptyset(byte* signals);

    [LibraryImport(Libc)]
    internal static partial int sigfillset(byte* signals);
}
