using System.Net.Sockets;
using Thaw.Linux;

namespace Thaw.EnvironmentApis.Sockets;

/// <summary>
/// A connected socket of a lane. What is there is read and what there is room for is written at once; only then somebody waits.
/// <code>
///   ReadableAsync --> Receive --all that was there--> ReadableAsync: waits
///                        +------there may be more---> ReadableAsync: goes on
/// </code>
/// One may read and one may write at a time. It may be closed by anybody at any time: whoever waits then goes on, and finds it closed.
/// </summary>
public sealed class LaneSocket : IDisposable
{
    private readonly Socket socket;
    private readonly Readiness readable = new(SocketThreads.AreInline), writable = new(SocketThreads.AreInline);
    private readonly Lock gate = new();
    private SocketWatch? watch;
    private ulong ticket;
    private bool isClosed;
    private volatile bool peerHasEnded;
    private bool isDrained;

    /// <param name="socket">Ours until <see cref="Release"/>.</param>
    public LaneSocket(Socket socket)
    {
        this.socket = socket;
        socket.Blocking = false;
    }

    /// <summary>It broke, or was closed: there is nobody to answer.</summary>
    public bool IsBroken { get; private set; }

    private int Descriptor => (int)socket.SafeHandle.DangerousGetHandle();

    /// <summary>Returns when there is something to receive, or the end, or somebody has called <see cref="Wake"/>.</summary>
    public ValueTask ReadableAsync()
    {
        if (!isDrained || peerHasEnded || !Watch())
            return default;
        isDrained = false;
        return readable.WaitAsync();
    }

    /// <summary>Whether something came in that time; nobody may wait here any more if it did not.</summary>
    public static async ValueTask<bool> IsSoonAsync(ValueTask readable, TimeSpan patience, TimeProvider time)
    {
        if (readable.IsCompleted || patience == Timeout.InfiniteTimeSpan)
        {
            await readable;
            return true;
        }

        try
        {
            await readable.AsTask().WaitAsync(patience, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The count of bytes that were there; 0 when no more will come, negative when nothing is there now.</summary>
    public int Receive(Span<byte> room)
    {
        try
        {
            var count = socket.Receive(room, SocketFlags.None, out var error);
            isDrained = count < room.Length;
            if (error == SocketError.WouldBlock)
                return -1;
            IsBroken |= error != SocketError.Success;
            return IsBroken ? 0 : count;
        }
        catch (ObjectDisposedException)
        {
            IsBroken = true;
            return 0;
        }
    }

    /// <summary>The count of bytes that there was room for; negative when it is broken.</summary>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var count = socket.Send(bytes, SocketFlags.None, out var error);
            return error == SocketError.Success ? count : error == SocketError.WouldBlock ? 0 : -1;
        }
        catch (ObjectDisposedException)
        {
            return -1;
        }
    }

    /// <summary>Returns when there may be room to send.</summary>
    public ValueTask WritableAsync()
    {
        lock (gate)
        {
            if (isClosed || !Watch())
                return default;
            watch!.HearOfRoom(ticket, Descriptor);
        }

        return writable.WaitAsync();
    }

    /// <summary>Whoever waits to receive goes on, with or without something.</summary>
    public void Wake() => readable.RingElsewhere();

    /// <summary>The socket, in somebody else's hands from now on. Nobody may wait here.</summary>
    public Socket Release()
    {
        lock (gate)
            Leave();
        return socket;
    }

    /// <summary>Nothing more will be received: whoever waits goes on, and finds the end.</summary>
    public void EndReceiving() => Shutdown(SocketShutdown.Receive);

    /// <summary>Closes it as one does who has nothing more to say.</summary>
    public void Dispose()
    {
        Shutdown(SocketShutdown.Both);
        Close(static socket => socket.Dispose());
    }

    /// <summary>Breaks it off.</summary>
    public void Abort() => Close(static socket => socket.Close(timeout: 0));

    /// <summary>The watch's thread tells what has happened.</summary>
    internal void Happened(uint events)
    {
        // Who has ended may still read: that is no news for a writer, and is told again with whatever else happens.
        const uint Broken = Syscalls.EPOLLHUP | Syscalls.EPOLLERR, End = Syscalls.EPOLLRDHUP | Broken;
        if ((events & End) != 0)
            peerHasEnded = true;
        if ((events & (Syscalls.EPOLLOUT | Broken)) != 0)
            writable.Ring();
        if ((events & (Syscalls.EPOLLIN | End)) != 0)
            readable.Ring();
    }

    private bool Watch()
    {
        if (watch is not null)
            return true;
        lock (gate)
        {
            if (isClosed || watch is not null)
                return !isClosed;
            var entered = SocketWatch.Next();
            ticket = entered.Enter(this, Descriptor);
            watch = entered;
            return true;
        }
    }

    private void Close(Action<Socket> close)
    {
        lock (gate)
        {
            if (isClosed)
                return;
            isClosed = true;
            Leave();
            close(socket);
        }

        readable.RingElsewhere();
        writable.RingElsewhere();
    }

    private void Leave()
    {
        watch?.Leave(ticket, Descriptor);
        watch = null;
    }

    private void Shutdown(SocketShutdown what)
    {
        try
        {
            socket.Shutdown(what);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The other end was faster.
        }
    }
}
