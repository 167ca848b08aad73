using System.Buffers.Text;

namespace Thaw.Bench.Wire;

/// <summary>Writes messages into a buffer that stays, and sends each with one call where it is small.</summary>
internal sealed class HttpWriter
{
    // A larger body is not worth a copy: the kernel is told that more comes.
    private const int CopiedBody = 64 * 1024;

    private readonly byte[] buffer = GC.AllocateUninitializedArray<byte>(CopiedBody + (16 * 1024), pinned: true);
    private int length;

    internal HttpWriter Text(ReadOnlySpan<byte> text)
    {
        text.CopyTo(buffer.AsSpan(length));
        length += text.Length;
        return this;
    }

    internal HttpWriter Number(long number)
    {
        if (!Utf8Formatter.TryFormat(number, buffer.AsSpan(length), out var written))
            throw new InvalidOperationException("the head is too long");
        length += written;
        return this;
    }

    /// <summary>Ends the head, which ends with the name of the length, and sends all.</summary>
    internal void Send(int fd, ReadOnlySpan<byte> body)
    {
        Number(body.Length).Text("\r\n\r\n"u8);
        if (body.Length <= CopiedBody)
        {
            Text(body);
            Tcp.Send(fd, buffer.AsSpan(0, length));
        }
        else
        {
            Tcp.Send(fd, buffer.AsSpan(0, length), SocketCalls.MSG_MORE);
            Tcp.Send(fd, body);
        }

        length = 0;
    }
}
