using System.Runtime.InteropServices;
using Thaw.Linux;
using static Thaw.Bench.Wire.SocketCalls;

namespace Thaw.Bench.Wire;

/// <summary>Which of many descriptors have something to read; see epoll(7). Level-triggered.</summary>
internal sealed unsafe class Epoll
{
    private const int Most = 256;

    // struct epoll_event is packed on x86-64 and nowhere else: events, then eight bytes that are ours.
    private static readonly int Size = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly int epoll = LinuxException.ThrowIfFailed(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    private readonly byte* happenings = (byte*)NativeMemory.AllocZeroed((nuint)(Most * Size));

    /// <summary>The descriptor behind one of the happenings that <see cref="Wait"/> counted.</summary>
    internal int this[int happening] => *(int*)(happenings + (happening * Size) + Size - 8);

    internal void Add(int fd)
    {
        var happening = stackalloc byte[Size];
        *(int*)happening = EPOLLIN;
        *(long*)(happening + Size - 8) = fd;
        LinuxException.ThrowIfFailed(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, happening), "epoll_ctl");
    }

    internal int Wait(int milliseconds = -1)
    {
        int count;
        do
        {
            count = epoll_wait(epoll, happenings, Most, milliseconds);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        return LinuxException.ThrowIfFailed(count, "epoll_wait");
    }

    internal void Close() => _ = Syscalls.close(epoll);
}
