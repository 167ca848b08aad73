using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Thaw.Contracts;
using Thaw.EnvironmentApis.Sockets;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>
/// What a client sends, in one buffer that stays: the request that is being served, and perhaps what came early behind it.
///
///   | served before | request: head, body | early: the next request, or a part | room |
///                   ^ start                ^ start + taken                      ^ end
///
/// While a call is parked, a receive is pending, so that the end of the client is noticed at once. It stays pending for the next request.
/// </summary>
/// <param name="hangUp">To be called when the client ends while a call is parked.</param>
internal sealed class PlainInput(LaneSocket socket, Action hangUp)
{
    /// <summary>A request has to be shorter, head and body together; of one with a <see cref="LongBody"/>, its head.</summary>
    public const int BufferBytes = SocketBlocks.BlockBytes;

    private readonly byte[] buffer = SocketBlocks.Shared.Take();

    // Guards what both the call and the pending receive look at: end, isParked.
    private readonly Lock gate = new();
    private int start, taken, end;
    private bool isParked;
    private bool isReceiving;
    private ValueTask<bool> receiving;
    private volatile bool isStopping;

    /// <summary>The connection broke, so there is nobody to answer.</summary>
    public bool IsBroken => socket.IsBroken;

    /// <summary>What came and nobody has taken; nothing while a receive is pending.</summary>
    public ReadOnlyMemory<byte> Unread => isReceiving ? default : buffer.AsMemory(start + taken, end - start - taken);

    public bool IsFull => Unread.Length == BufferBytes;

    /// <summary>The request that is being served, as far as it is here.</summary>
    public ReadOnlyMemory<byte> Taken => buffer.AsMemory(start, Math.Min(taken, end - start));

    public bool HasWholeRequest => end - start >= taken;

    /// <summary>Something came behind the request that is being served.</summary>
    public bool HasEarly => end - start > taken;

    /// <summary>The body of the request that is being served, if it is too long for the buffer.</summary>
    public LongBody? LongBody { get; private set; }

    /// <summary>Takes a request, its head being unread; the rest of it may still be on its way. False when it is too long.</summary>
    public bool TryTake(int headBytes, int bodyBytes)
    {
        var bytes = headBytes + bodyBytes;
        if (bytes >= BufferBytes)
            return bodyBytes <= Limits.BufferedPayloadBytes && TakeLong(headBytes, bodyBytes);
        if (start + bytes > BufferBytes || end == BufferBytes)
            MoveToFront();
        taken = bytes;
        return true;
    }

    /// <summary>Waits for more bytes; false when no more will come.</summary>
    public ValueTask<bool> ReceiveAsync()
    {
        if (isReceiving)
        {
            isReceiving = false;
            return receiving;
        }

        if (start == end || end == BufferBytes)
            MoveToFront();
        return ReceiveNextAsync();
    }

    /// <summary>Waits for the rest of the request that is being served; false when it breaks off.</summary>
    public async ValueTask<bool> ReceiveWholeRequestAsync()
    {
        while (!HasWholeRequest)
        {
            if (!await ReceiveNextAsync())
                return false;
        }

        return true;
    }

    /// <summary>The call waits, no one knows how long: from now on the client's end is noticed, and what comes early is kept.</summary>
    [SuppressMessage("Reliability", "CA2012", Justification = "Awaited once: when it is stopped, or as the next receive.")]
    public void Park()
    {
        // A full buffer has no room to look whether the client is still there.
        if (end == BufferBytes)
            return;
        isReceiving = isParked = true;
        receiving = ReceiveNextAsync();
    }

    /// <summary>The request has been answered. If something came early, no receive is pending after this.</summary>
    public ValueTask EndRequestAsync()
    {
        bool mustStop;
        lock (gate)
        {
            mustStop = isReceiving && HasEarly;
            isParked = false;
        }

        start += taken;
        taken = 0;
        LongBody = null;
        return mustStop ? StopReceivingAsync() : default;
    }

    /// <summary>Lets other connections have the buffer. Nothing of it may be used any more.</summary>
    public void GiveBack()
    {
        // A receive that is pending may still write there.
        if (!isReceiving)
            SocketBlocks.Shared.Return(buffer);
    }

    // What is behind the head is the beginning of the body, and no room for anything else before that has been read.
    private bool TakeLong(int headBytes, int bodyBytes)
    {
        LongBody = new LongBody(bodyBytes, Unread[headBytes..], socket, Timeout.InfiniteTimeSpan, TimeProvider.System);
        taken = headBytes;
        end = start + taken;
        return true;
    }

    private async ValueTask StopReceivingAsync()
    {
        isStopping = true;
        socket.Wake();
        await receiving;
        isStopping = isReceiving = false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReceiveNextAsync()
    {
        while (true)
        {
            await socket.ReadableAsync();
            var count = socket.Receive(buffer.AsSpan(end));
            if (count < 0 && isStopping)
                return true;
            if (count < 0)
                continue;
            lock (gate)
            {
                end += count;
                if (isParked && count == 0)
                    hangUp();
                if (!isParked || count == 0 || end == BufferBytes)
                    return count > 0;
            }
        }
    }

    private void MoveToFront()
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
    }
}
