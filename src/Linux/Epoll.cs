using System.Runtime.InteropServices;

namespace Thaw.Linux;

/// <summary>Waits for many descriptors at once, and is told of changes only (<c>EPOLLET</c>). It stays until the process ends.</summary>
internal sealed unsafe class Epoll
{
    private const int MostEvents = 64;

    // The kernel packs its structure on x86, where the number behind the events then begins at the next byte.
    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;

    /// <summary>What the kernel takes and brings for one descriptor; it begins with the events.</summary>
    internal static readonly int EventBytes = IsPacked ? 12 : 16;

    private static readonly int TicketAt = IsPacked ? 4 : 8;

    private readonly int epoll = LinuxException.ThrowIfFailed(Syscalls.epoll_create1(Syscalls.EPOLL_CLOEXEC), "epoll_create1");

    private readonly byte* happened = (byte*)NativeMemory.Alloc((nuint)(MostEvents * EventBytes));

    /// <summary>What comes, and its end, is told from now on, and what is there already at once.</summary>
    /// <exception cref="LinuxException">The machine has no room for more.</exception>
    internal void Add(int descriptor, ulong ticket) =>
        LinuxException.ThrowIfFailed(Control(Syscalls.EPOLL_CTL_ADD, descriptor, ticket, Syscalls.EPOLLIN), "epoll_ctl");

    /// <summary>Room to write is told, too, once there is some.</summary>
    internal void AddRoom(int descriptor, ulong ticket) => LinuxException.ThrowIfFailed(
        Control(Syscalls.EPOLL_CTL_MOD, descriptor, ticket, Syscalls.EPOLLIN | Syscalls.EPOLLOUT), "epoll_ctl");

    /// <summary>Nothing more is told but what <see cref="Wait"/> has already brought.</summary>
    internal void Remove(int descriptor) => _ = Control(Syscalls.EPOLL_CTL_DEL, descriptor, 0, 0);

    /// <summary>Waits until something happens, or a signal came: then nothing has. One thread may wait.</summary>
    internal int Wait() => Math.Max(0, Syscalls.epoll_wait(epoll, happened, MostEvents, -1));

    /// <summary>What the last wait brought.</summary>
    internal (uint Events, ulong Ticket) this[int at]
    {
        get
        {
            var one = happened + (at * EventBytes);
            return (*(uint*)one, *(ulong*)(one + TicketAt));
        }
    }

    private int Control(int operation, int descriptor, ulong ticket, uint events)
    {
        var asked = stackalloc byte[EventBytes];
        *(uint*)asked = events | Syscalls.EPOLLRDHUP | Syscalls.EPOLLET;
        *(ulong*)(asked + TicketAt) = ticket;
        return Syscalls.epoll_ctl(epoll, operation, descriptor, asked);
    }
}
