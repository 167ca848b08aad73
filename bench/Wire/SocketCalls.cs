using System.Runtime.InteropServices;

namespace Thaw.Bench.Wire;

/// <summary>System calls under their man-page names, those that the daemon itself does not need.</summary>
internal static unsafe partial class SocketCalls
{
    internal const int AF_INET = 2, SOL_SOCKET = 1, SO_RCVTIMEO = 20, IPPROTO_TCP = 6, TCP_NODELAY = 1, MSG_MORE = 0x8000;
    internal const int EPOLL_CLOEXEC = 0x80000, EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLLIN = 1;
    internal const int O_WRONLY = 1, O_CREAT = 0x40, O_TRUNC = 0x200, O_APPEND = 0x400;
    internal const int PR_SET_PDEATHSIG = 1;

    private const string Libc = "libc";

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int bind(int fd, sockaddr_in* address, int length);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int listen(int fd, int backlog);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int accept4(int fd, sockaddr_in* address, int* length, int flags);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int connect(int fd, sockaddr_in* address, int length);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int setsockopt(int fd, int level, int option, void* value, int length);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int getsockname(int fd, sockaddr_in* address, int* length);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int epoll_ctl(int epoll, int operation, int fd, byte* happening);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int epoll_wait(int epoll, byte* happenings, int count, int timeoutMilliseconds);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int sched_setaffinity(int pid, nuint bytes, ulong* mask);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int sched_getaffinity(int pid, nuint bytes, ulong* mask);

    [LibraryImport(Libc, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags, uint mode);

    [StructLayout(LayoutKind.Sequential)]
    internal struct sockaddr_in
    {
        internal ushort family;
        internal ushort port;
        internal uint address;
        internal ulong zero;
    }
}
