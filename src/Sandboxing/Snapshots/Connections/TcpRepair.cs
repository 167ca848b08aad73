using System.Net.Sockets;
using System.Runtime.InteropServices;
using Thaw.Linux;

namespace Thaw.Sandboxing.Snapshots.Connections;

/// <summary>
/// Reads ends of connections and makes others like them, without a packet: what the kernel has for CRIU (CONFIG_CHECKPOINT_RESTORE), and
/// CRIU uses for the peer's end. It takes CAP_NET_ADMIN over the network namespace.
/// </summary>
internal static unsafe class TcpRepair
{
    private const int WindowBytes = 20, InfoBytes = 136, OptionsOffset = 5, ScalesOffset = 6, BytesReceivedOffset = 128;
    private const byte HasTimestamps = 1, HasSelectiveAck = 2, HasScales = 4;
    private const uint MaxSegmentOption = 2, ScaleOption = 3, SelectiveAckOption = 4, TimestampOption = 8;

    /// <summary>Reads an end that stays in use. The peer stands still.</summary>
    /// <exception cref="SnapshotRefusedException">Something is on its way, in the one direction or the other.</exception>
    /// <exception cref="LinuxException">This kernel cannot.</exception>
    internal static TcpEnd Read(Socket socket)
    {
        var fd = (int)socket.SafeHandle.DangerousGetHandle();
        if (Waiting(fd, Syscalls.SIOCINQ) > 0)
            throw new SnapshotRefusedException("a process has sent something to the API that has not been taken yet") { IsBusy = true };
        if (Waiting(fd, Syscalls.SIOCOUTQ) > 0)
            throw new SnapshotRefusedException("an answer of the API has not been taken by its process yet") { IsBusy = true };
        Set(fd, Syscalls.TCP_REPAIR, Syscalls.TCP_REPAIR_ON);
        try
        {
            return ReadInRepair(socket, fd);
        }
        finally
        {
            Set(fd, Syscalls.TCP_REPAIR, Syscalls.TCP_REPAIR_OFF_NO_WP);
        }
    }

    /// <summary>How many bytes have come over a connection so far, taken or not.</summary>
    internal static long BytesReceived(Socket socket)
    {
        var info = stackalloc byte[InfoBytes];
        return Get((int)socket.SafeHandle.DangerousGetHandle(), Syscalls.TCP_INFO, info, InfoBytes) == InfoBytes
            ? *(long*)(info + BytesReceivedOffset)
            : 0;
    }

    /// <summary>Makes a new socket the end of a connection; nothing may be sent before the peer is there.</summary>
    /// <param name="fd">A socket that was made in the peer's network namespace, and nothing else has been done to it.</param>
    /// <param name="end">As it was read.</param>
    /// <param name="received">What is to be received from it at first, in the place of what was received last from the other.</param>
    /// <exception cref="LinuxException">The kernel does not want to.</exception>
    internal static void Become(int fd, TcpEnd end, ReadOnlySpan<byte> received)
    {
        Set(fd, Syscalls.TCP_REPAIR, Syscalls.TCP_REPAIR_ON);
        Set(fd, Syscalls.TCP_REPAIR_QUEUE, Syscalls.TCP_SEND_QUEUE);
        Set(fd, Syscalls.TCP_QUEUE_SEQ, (int)end.SendSequence);
        Set(fd, Syscalls.TCP_REPAIR_QUEUE, Syscalls.TCP_RECV_QUEUE);
        Set(fd, Syscalls.TCP_QUEUE_SEQ, (int)(end.ReceiveSequence - (uint)received.Length));
        ShareAddress(fd);
        var (local, peer) = (new LoopbackAddress(end.LocalPort), new LoopbackAddress(end.PeerPort));
        LinuxException.ThrowIfFailed(Syscalls.bind(fd, &local, LoopbackAddress.Bytes), "bind");
        LinuxException.ThrowIfFailed(Syscalls.connect(fd, &peer, LoopbackAddress.Bytes), "connect");
        SetOptions(fd, end);
        if (!received.IsEmpty)
            Fill(fd, received);
        Set(fd, Syscalls.TCP_REPAIR_QUEUE, Syscalls.TCP_NO_QUEUE);
        fixed (byte* window = end.Window.Span)
            Set(fd, Syscalls.TCP_REPAIR_WINDOW, window, WindowBytes);
        Set(fd, Syscalls.TCP_REPAIR, Syscalls.TCP_REPAIR_OFF_NO_WP);
        Set(fd, Syscalls.TCP_NODELAY, 1);

        // The end of the repair takes it away, and then nobody else could listen at this address.
        ShareAddress(fd);
    }

    private static TcpEnd ReadInRepair(Socket socket, int fd)
    {
        var (local, peer) = ((System.Net.IPEndPoint)socket.LocalEndPoint!, (System.Net.IPEndPoint)socket.RemoteEndPoint!);
        Set(fd, Syscalls.TCP_REPAIR_QUEUE, Syscalls.TCP_SEND_QUEUE);
        var send = GetNumber(fd, Syscalls.TCP_QUEUE_SEQ);
        Set(fd, Syscalls.TCP_REPAIR_QUEUE, Syscalls.TCP_RECV_QUEUE);
        var receive = GetNumber(fd, Syscalls.TCP_QUEUE_SEQ);
        Set(fd, Syscalls.TCP_REPAIR_QUEUE, Syscalls.TCP_NO_QUEUE);
        var window = new byte[WindowBytes];
        fixed (byte* bytes = window)
            Get(fd, Syscalls.TCP_REPAIR_WINDOW, bytes, WindowBytes);
        var info = stackalloc byte[InfoBytes];
        Get(fd, Syscalls.TCP_INFO, info, InfoBytes);
        var scales = info[ScalesOffset];
        return new(
            (ushort)local.Port,
            (ushort)peer.Port,
            send,
            receive,
            window,
            GetNumber(fd, Syscalls.TCP_MAXSEG),
            info[OptionsOffset],
            (scales & 0xfu) | ((uint)(scales >> 4) << 16),
            GetNumber(fd, Syscalls.TCP_TIMESTAMP));
    }

    private static void SetOptions(int fd, TcpEnd end)
    {
        var options = stackalloc uint[] { MaxSegmentOption, end.MaxSegment, 0, 0, 0, 0, 0, 0 };
        var count = 2;
        Add(HasScales, ScaleOption, end.Scales);
        Add(HasSelectiveAck, SelectiveAckOption, 0);
        Add(HasTimestamps, TimestampOption, 0);
        Set(fd, Syscalls.TCP_REPAIR_OPTIONS, options, (uint)(count * sizeof(uint)));
        if ((end.Options & HasTimestamps) != 0)
            Set(fd, Syscalls.TCP_TIMESTAMP, (int)end.Timestamp);

        void Add(byte bit, uint option, uint value)
        {
            if ((end.Options & bit) == 0)
                return;
            options[count++] = option;
            options[count++] = value;
        }
    }

    private static void Fill(int fd, ReadOnlySpan<byte> received)
    {
        Set(fd, Syscalls.TCP_REPAIR_QUEUE, Syscalls.TCP_RECV_QUEUE);
        fixed (byte* bytes = received)
        {
            if (Syscalls.send(fd, bytes, (nuint)received.Length, 0) != received.Length)
                throw new LinuxException("send", Marshal.GetLastPInvokeError());
        }
    }

    private static void ShareAddress(int fd)
    {
        var one = 1;
        LinuxException.ThrowIfFailed(
            Syscalls.setsockopt(fd, Syscalls.SOL_SOCKET, Syscalls.SO_REUSEADDR, &one, sizeof(int)), "setsockopt SO_REUSEADDR");
    }

    private static int Waiting(int fd, nuint question)
    {
        var bytes = 0;
        LinuxException.ThrowIfFailed(Syscalls.ioctl(fd, question, &bytes), "ioctl of a socket's queue");
        return bytes;
    }

    private static void Set(int fd, int option, int value) => Set(fd, option, &value, sizeof(int));

    private static void Set(int fd, int option, void* value, uint length) =>
        LinuxException.ThrowIfFailed(Syscalls.setsockopt(fd, Syscalls.IPPROTO_TCP, option, value, length), $"setsockopt TCP {option}");

    private static uint GetNumber(int fd, int option)
    {
        uint value = 0;
        Get(fd, option, &value, sizeof(uint));
        return value;
    }

    private static uint Get(int fd, int option, void* value, uint length)
    {
        LinuxException.ThrowIfFailed(
            Syscalls.getsockopt(fd, Syscalls.IPPROTO_TCP, option, value, &length), $"getsockopt TCP {option}");
        return length;
    }
}
