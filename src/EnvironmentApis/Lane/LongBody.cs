using Thaw.EnvironmentApis.Sockets;

namespace Thaw.EnvironmentApis.Lane;

/// <summary>
/// A body that its connection's buffer is too small for. The beginning of it came with the head; the rest goes from the kernel right to
/// where it stays, so megabytes are not copied once more.
/// </summary>
/// <param name="bytes">All of it.</param>
/// <param name="begun">What is here; left alone until it has been read.</param>
/// <param name="patience">How long the sender may be silent.</param>
public sealed class LongBody(int bytes, ReadOnlyMemory<byte> begun, LaneSocket socket, TimeSpan patience, TimeProvider time)
{
    private const int DiscardedBytes = 64 * 1024;

    private int left = bytes;
    private ReadOnlyMemory<byte> here = begun;

    /// <summary>The sender ended, or was silent for too long.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>The whole body, from <see cref="LargeArrays"/>; look at <see cref="IsTruncated"/>. To be called once.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        var whole = LargeArrays.Take(left).AsMemory(0, left);
        while (left > 0 && !IsTruncated)
            await ReadSomeAsync(whole[^left..]);
        return whole;
    }

    /// <summary>Reads and forgets what nobody has read.</summary>
    public async ValueTask DiscardAsync()
    {
        if (left == 0 || IsTruncated)
            return;
        var nowhere = new byte[DiscardedBytes];
        while (left > 0 && !IsTruncated)
            await ReadSomeAsync(nowhere);
    }

    private async ValueTask ReadSomeAsync(Memory<byte> room)
    {
        room = room[..Math.Min(room.Length, left)];
        var count = Math.Min(here.Length, room.Length);
        if (count > 0)
        {
            here[..count].CopyTo(room);
            here = here[count..];
        }
        else
        {
            count = await ReceiveAsync(room);
        }

        left -= count;
        IsTruncated = count == 0;
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> room)
    {
        while (true)
        {
            if (!await LaneSocket.IsSoonAsync(socket.ReadableAsync(), patience, time))
                return 0;
            if (socket.Receive(room.Span) is >= 0 and var count)
                return count;
        }
    }
}
