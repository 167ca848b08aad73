using System.Runtime.InteropServices;

namespace Thaw.Linux;

/// <content>Links and addresses, in the network namespace of whoever asks.</content>
internal static unsafe partial class Syscalls
{
    internal const int AF_NETLINK = 16, SOCK_RAW = 3, NETLINK_ROUTE = 0;
    internal const int CLONE_NEWNET = 0x40000000;

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int setns(int fd, int type);

    [LibraryImport(Libc, SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport(Libc)]
    internal static partial int gettid();
}
