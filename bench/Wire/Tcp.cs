using System.Buffers.Binary;
using Thaw.Linux;
using static Thaw.Bench.Wire.SocketCalls;

namespace Thaw.Bench.Wire;

/// <summary>Blocking TCP on the loopback.</summary>
internal static unsafe class Tcp
{
    private const int Backlog = 512;

    /// <summary>A listening socket on a port of the kernel's choice, unless one is wanted.</summary>
    internal static int Listen(out int port, int wanted = 0)
    {
        var fd = NewSocket();
        var address = Loopback(wanted);
        LinuxException.ThrowIfFailed(bind(fd, &address, sizeof(sockaddr_in)), "bind");
        LinuxException.ThrowIfFailed(listen(fd, Backlog), "listen");
        var length = sizeof(sockaddr_in);
        LinuxException.ThrowIfFailed(getsockname(fd, &address, &length), "getsockname");
        port = BinaryPrimitives.ReverseEndianness(address.port);
        return fd;
    }

    internal static int Accept(int listener)
    {
        var fd = LinuxException.ThrowIfFailed(accept4(listener, null, null, Syscalls.SOCK_CLOEXEC), "accept4");
        SendAtOnce(fd);
        return fd;
    }

    internal static int Connect(int port)
    {
        var fd = NewSocket();
        var address = Loopback(port);
        LinuxException.ThrowIfFailed(connect(fd, &address, sizeof(sockaddr_in)), "connect");
        SendAtOnce(fd);
        return fd;
    }

    internal static void Send(int fd, ReadOnlySpan<byte> bytes, int flags = 0)
    {
        fixed (byte* start = bytes)
        {
            for (var sent = 0; sent < bytes.Length;)
            {
                var count = Syscalls.send(fd, start + sent, (nuint)(bytes.Length - sent), flags | Syscalls.MSG_NOSIGNAL);
                sent += LinuxException.ThrowIfFailed((int)count, "send");
            }
        }
    }

    /// <summary>Waits until so many bytes have come.</summary>
    internal static void Receive(int fd, Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var received = 0; received < bytes.Length;)
            {
                var count = (int)Syscalls.recv(fd, start + received, (nuint)(bytes.Length - received), 0);
                received += LinuxException.ThrowIfFailed(count, "recv");
                if (count == 0)
                    throw new EndOfStreamException("the peer has closed");
            }
        }
    }

    /// <summary>Whether there is something to read, or to accept, before the time is over.</summary>
    internal static bool AwaitInput(int fd, TimeSpan patience)
    {
        var watched = new Syscalls.pollfd { fd = fd, events = Syscalls.POLLIN };
        return LinuxException.ThrowIfFailed(Syscalls.poll(&watched, 1, (int)patience.TotalMilliseconds), "poll") > 0;
    }

    /// <summary>From now on a read that gets nothing for so long fails, with EAGAIN.</summary>
    internal static void LimitPatience(int fd, TimeSpan patience)
    {
        var time = stackalloc nint[2];
        time[0] = (nint)patience.TotalSeconds;
        time[1] = 0;
        LinuxException.ThrowIfFailed(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, time, 2 * sizeof(nint)), "setsockopt");
    }

    private static int NewSocket() =>
        LinuxException.ThrowIfFailed(socket(AF_INET, Syscalls.SOCK_STREAM | Syscalls.SOCK_CLOEXEC, 0), "socket");

    private static void SendAtOnce(int fd)
    {
        var on = 1;
        LinuxException.ThrowIfFailed(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(int)), "setsockopt");
    }

    private static sockaddr_in Loopback(int port) => new()
    {
        family = AF_INET,
        port = BinaryPrimitives.ReverseEndianness((ushort)port),
        address = BinaryPrimitives.ReverseEndianness(0x7F00_0001u),
    };
}
