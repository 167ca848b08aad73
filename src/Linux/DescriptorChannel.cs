namespace Thaw.Linux;

/// <summary>Carries a few descriptors at a time from one process to another, over a Unix socket; see SCM_RIGHTS in unix(7).</summary>
internal static unsafe class DescriptorChannel
{
    /// <summary>How many go at once.</summary>
    internal const int Most = 4;

    // A struct cmsghdr, and the descriptors; the kernel wants the whole a multiple of 8.
    private const int HeaderBytes = 16, ControlBytes = HeaderBytes + (Most * sizeof(int));

    /// <summary>Never waits. False when the other end does not take them.</summary>
    internal static bool TrySend(int socket, ReadOnlySpan<int> descriptors)
    {
        byte mark = 0;
        var control = stackalloc byte[ControlBytes];
        var length = HeaderBytes + (descriptors.Length * sizeof(int));
        *(nint*)control = length;
        *(int*)(control + 8) = Syscalls.SOL_SOCKET;
        *(int*)(control + 12) = Syscalls.SCM_RIGHTS;
        descriptors.CopyTo(new Span<int>(control + HeaderBytes, Most));
        var part = new Syscalls.iovec { start = &mark, length = 1 };
        var message = new Syscalls.msghdr { iov = &part, iovlen = 1, control = control, controllen = (nuint)length };
        return Syscalls.sendmsg(socket, &message, Syscalls.MSG_DONTWAIT | Syscalls.MSG_NOSIGNAL) == 1;
    }

    /// <summary>
    /// Takes what was sent at once, already. Fewer come when there is no room among our descriptors, and none when nothing was sent.
    /// </summary>
    internal static FileDescriptor[] Receive(int socket)
    {
        byte mark;
        var control = stackalloc byte[ControlBytes];
        var part = new Syscalls.iovec { start = &mark, length = 1 };
        var message = new Syscalls.msghdr { iov = &part, iovlen = 1, control = control, controllen = ControlBytes };
        if (Syscalls.recvmsg(socket, &message, Syscalls.MSG_DONTWAIT | Syscalls.MSG_CMSG_CLOEXEC) != 1
            || message.controllen < HeaderBytes || *(int*)(control + 12) != Syscalls.SCM_RIGHTS)
        {
            return [];
        }

        var received = new FileDescriptor[(*(int*)control - HeaderBytes) / sizeof(int)];
        for (var i = 0; i < received.Length; i++)
            received[i] = new FileDescriptor(*(int*)(control + HeaderBytes + (i * sizeof(int))));
        return received;
    }
}
