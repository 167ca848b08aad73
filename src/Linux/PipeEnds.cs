using System.Runtime.InteropServices;

namespace Thaw.Linux;

/// <summary>
/// Reading ends of pipes that somebody else reads, to be asked whether all are empty. The kernel lists those that were written to,
/// and looks at no others: mostly at none.
/// </summary>
internal sealed unsafe class PipeEnds : IDisposable
{
    /// <summary>A process has three, and a runtime ten extensions. When as many have something to tell, one is not empty.</summary>
    private const int Most = 64;

    // Where the machine has no room for one, none can be asked.
    private readonly FileDescriptor epoll = new(Syscalls.epoll_create1(Syscalls.EPOLL_CLOEXEC));

    /// <summary>False when it is no pipe, or the machine has no room for more: then it cannot be asked.</summary>
    internal bool TryAdd(FileDescriptor end)
    {
        var wanted = stackalloc byte[Epoll.EventBytes];
        NativeMemory.Clear(wanted, (nuint)Epoll.EventBytes);
        *(uint*)wanted = Syscalls.EPOLLIN;
        return Syscalls.epoll_ctl(epoll.Number, Syscalls.EPOLL_CTL_ADD, end.Number, wanted) == 0;
    }

    /// <summary>To be called before it is closed: others have the same pipe open. False when it could not be asked.</summary>
    internal bool TryRemove(FileDescriptor end)
    {
        var unused = stackalloc byte[Epoll.EventBytes];
        return Syscalls.epoll_ctl(epoll.Number, Syscalls.EPOLL_CTL_DEL, end.Number, unused) == 0;
    }

    /// <summary>False when one has something, and when that cannot be known.</summary>
    internal bool AreEmpty()
    {
        var ready = stackalloc byte[Most * Epoll.EventBytes];
        var count = Syscalls.epoll_wait(epoll.Number, ready, Most, timeoutMilliseconds: 0);
        for (var at = 0; at < count; at++)
        {
            // One that nobody writes to any more says so, too, and may be empty all the same.
            if ((*(uint*)(ready + (at * Epoll.EventBytes)) & ~Syscalls.EPOLLHUP) != 0)
                return false;
        }

        return count is >= 0 and < Most;
    }

    public void Dispose() => epoll.Dispose();
}
