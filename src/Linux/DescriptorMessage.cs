namespace Thaw.Linux;

/// <summary>Bytes that bring descriptors from one process to another, over a Unix socket; see SCM_RIGHTS in unix(7).</summary>
internal static unsafe class DescriptorMessage
{
    /// <summary>How many descriptors come with one; the kernel takes 253.</summary>
    internal const int Most = 64;

    // A struct cmsghdr, and the descriptors; the kernel wants the whole a multiple of 8.
    private const int HeaderBytes = 16, ControlBytes = HeaderBytes + (Most * sizeof(int));

    /// <summary>Returns how many bytes went, with all descriptors; less than 0 when none did.</summary>
    internal static int Send(int socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors, int flags = 0)
    {
        var control = stackalloc byte[ControlBytes];
        var length = HeaderBytes + (descriptors.Length * sizeof(int));
        *(nint*)control = length;
        *(int*)(control + 8) = Syscalls.SOL_SOCKET;
        *(int*)(control + 12) = Syscalls.SCM_RIGHTS;
        descriptors.CopyTo(new Span<int>(control + HeaderBytes, Most));
        fixed (byte* start = bytes)
        {
            var part = new Syscalls.iovec { start = start, length = (nuint)bytes.Length };
            var message = new Syscalls.msghdr { iov = &part, iovlen = 1, control = control, controllen = (nuint)length };
            return (int)Syscalls.sendmsg(socket, &message, flags | Syscalls.MSG_NOSIGNAL);
        }
    }

    /// <summary>Takes what was sent at once. Fewer descriptors come when there is no room for them among ours.</summary>
    /// <returns>How many bytes came; 0 at the end, less than that when nothing did.</returns>
    internal static int Receive(int socket, Span<byte> bytes, out int[] descriptors, int flags = 0)
    {
        var control = stackalloc byte[ControlBytes];
        fixed (byte* start = bytes)
        {
            var part = new Syscalls.iovec { start = start, length = (nuint)bytes.Length };
            var message = new Syscalls.msghdr { iov = &part, iovlen = 1, control = control, controllen = ControlBytes };
            var count = (int)Syscalls.recvmsg(socket, &message, flags);
            var has = count > 0 && message.controllen >= HeaderBytes && *(int*)(control + 12) == Syscalls.SCM_RIGHTS;
            descriptors = has ? new Span<int>(control + HeaderBytes, (*(int*)control - HeaderBytes) / sizeof(int)).ToArray() : [];
            return count;
        }
    }
}
