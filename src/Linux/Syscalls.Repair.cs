using System.Runtime.InteropServices;

namespace Thaw.Linux;

/// <content>Ends of TCP connections that are read and made as a whole, and descriptors of other processes.</content>
internal static unsafe partial class Syscalls
{
    internal const int IPPROTO_TCP = 6, SO_REUSEADDR = 2, SO_COOKIE = 57, SOCK_SEQPACKET = 5;

    internal const int
        TCP_NODELAY = 1, TCP_MAXSEG = 2, TCP_INFO = 11, TCP_REPAIR = 19, TCP_REPAIR_QUEUE = 20, TCP_QUEUE_SEQ = 21,
        TCP_REPAIR_OPTIONS = 22, TCP_TIMESTAMP = 24, TCP_REPAIR_WINDOW = 29;

    internal const int TCP_REPAIR_ON = 1, TCP_REPAIR_OFF_NO_WP = -1, TCP_NO_QUEUE = 0, TCP_RECV_QUEUE = 1, TCP_SEND_QUEUE = 2;

    internal const nuint SIOCINQ = 0x541B, SIOCOUTQ = 0x5411;

    private const int PidfdOpen = 434, PidfdGetfd = 438;

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int setsockopt(int fd, int level, int option, void* value, uint length);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int getsockopt(int fd, int level, int option, void* value, uint* length);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int bind(int fd, LoopbackAddress* address, uint length);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int connect(int fd, LoopbackAddress* address, uint length);

    /// <summary>Since Linux 5.3.</summary>
    internal static int pidfd_open(int pid) => (int)syscall(PidfdOpen, pid, 0, 0, 0, 0);

    /// <summary>Since Linux 5.6.</summary>
    internal static int pidfd_getfd(int process, int descriptor) => (int)syscall(PidfdGetfd, process, descriptor, 0, 0, 0);
}
