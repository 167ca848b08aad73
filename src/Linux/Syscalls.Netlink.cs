using System.Runtime.InteropServices;

namespace Thaw.Linux;

/// <content>Links and addresses, in the network namespace of whoever asks.</content>
internal static unsafe partial class Syscalls
{
    internal const int AF_NETLINK = 16, SOCK_RAW = 3, NETLINK_ROUTE = 0;

    [LibraryImport(Libc)]
    internal static partial int gettid();
}
