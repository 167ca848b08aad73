namespace Thaw.Linux;

/// <summary>Carries pairs of descriptors from one process to another, over a Unix socket; see SCM_RIGHTS in unix(7).</summary>
internal static unsafe class DescriptorChannel
{
    // A struct cmsghdr of 16 bytes, and two descriptors.
    private const int ControlBytes = 24, HeaderBytes = 16;

    /// <summary>Never waits. False when the other end does not take them.</summary>
    internal static bool TrySend(int socket, int first, int second)
    {
        byte mark = 0;
        var control = stackalloc byte[ControlBytes];
        *(nuint*)control = ControlBytes;
        *(int*)(control + 8) = Syscalls.SOL_SOCKET;
        *(int*)(control + 12) = Syscalls.SCM_RIGHTS;
        *(int*)(control + HeaderBytes) = first;
        *(int*)(control + HeaderBytes + 4) = second;
        var part = new Syscalls.iovec { start = &mark, length = 1 };
        var message = new Syscalls.msghdr { iov = &part, iovlen = 1, control = control, controllen = ControlBytes };
        return Syscalls.sendmsg(socket, &message, Syscalls.MSG_DONTWAIT | Syscalls.MSG_NOSIGNAL) == 1;
    }

    /// <summary>Takes a pair that has been sent already; null when there is none, or no room for it among our descriptors.</summary>
    internal static (FileDescriptor First, FileDescriptor Second)? TryReceive(int socket)
    {
        byte mark;
        var control = stackalloc byte[ControlBytes];
        var part = new Syscalls.iovec { start = &mark, length = 1 };
        var message = new Syscalls.msghdr { iov = &part, iovlen = 1, control = control, controllen = ControlBytes };
        if (Syscalls.recvmsg(socket, &message, Syscalls.MSG_DONTWAIT | Syscalls.MSG_CMSG_CLOEXEC) != 1
            || message.controllen < HeaderBytes + 4 || *(int*)(control + 12) != Syscalls.SCM_RIGHTS)
        {
            return null;
        }

        var first = new FileDescriptor(*(int*)(control + HeaderBytes));
        if (*(nuint*)control == ControlBytes)
            return (first, new FileDescriptor(*(int*)(control + HeaderBytes + 4)));
        first.Dispose();
        return null;
    }
}
