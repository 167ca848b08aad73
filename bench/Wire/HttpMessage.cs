using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using Thaw.Linux;

namespace Thaw.Bench.Wire;

/// <summary>
/// The HTTP/1.1 message that a connection receives, in one buffer that stays: head, body, and perhaps the beginning of the next.
/// Only bodies with Content-Length; whoever sends another is told so.
/// </summary>
internal sealed unsafe class HttpMessage
{
    private const int FirstCapacity = 16 * 1024;

    private byte* bytes = (byte*)NativeMemory.Alloc(FirstCapacity);
    private int capacity = FirstCapacity;
    private int length;
    private int headLength;
    private int bodyLength;

    internal bool IsComplete => headLength > 0 && length - headLength >= bodyLength;

    internal bool IsEmpty => length == 0;

    internal ReadOnlySpan<byte> Head => new(bytes, headLength);

    internal ReadOnlySpan<byte> Body => new(bytes + headLength, bodyLength);

    /// <summary>What came, for complaints.</summary>
    internal string Text => Encoding.UTF8.GetString(bytes, Math.Min(length, 1_000));

    /// <summary>Reads what is there, waiting for the first byte. False when the peer has closed.</summary>
    internal bool Receive(int fd)
    {
        if (length == capacity)
            Grow(capacity * 2);
        nint count;
        do
        {
            count = Syscalls.recv(fd, bytes + length, (nuint)(capacity - length), 0);
        }
        while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        length += LinuxException.ThrowIfFailed((int)count, "recv");
        if (headLength == 0)
            ReadHead();
        return count > 0;
    }

    /// <summary>Waits until the message is complete. False when the peer has closed before its first byte.</summary>
    internal bool ReceiveAll(int fd)
    {
        while (!IsComplete)
        {
            if (Receive(fd))
                continue;
            return IsEmpty ? false : throw new InvalidDataException($"a message broke off: {Text}");
        }

        return true;
    }

    /// <summary>This message has been dealt with; what came behind it is the next.</summary>
    internal void Drop()
    {
        var whole = headLength + bodyLength;
        length -= whole;
        (headLength, bodyLength) = (0, 0);
        if (length == 0)
            return;
        Buffer.MemoryCopy(bytes + whole, bytes, length, length);
        ReadHead();
    }

    /// <summary>A header's value; empty when it is absent.</summary>
    internal ReadOnlySpan<byte> Header(ReadOnlySpan<byte> name)
    {
        var rest = Head;
        for (var end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
        {
            var line = rest[..end];
            if (line.Length > name.Length && line[name.Length] == ':' && Ascii.EqualsIgnoreCase(line[..name.Length], name))
                return line[(name.Length + 1)..].Trim(" \r"u8);
            rest = rest[(end + 1)..];
        }

        return default;
    }

    private void ReadHead()
    {
        var end = new ReadOnlySpan<byte>(bytes, length).IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return;
        headLength = end + 4;
        if (!Header("Transfer-Encoding"u8).IsEmpty)
            throw new InvalidDataException($"a message is chunked, and that is not compared here: {Text}");
        if (Utf8Parser.TryParse(Header("Content-Length"u8), out int announced, out _))
            bodyLength = announced;
        if (headLength + bodyLength > capacity)
            Grow(headLength + bodyLength);
    }

    private void Grow(int wanted)
    {
        bytes = (byte*)NativeMemory.Realloc(bytes, (nuint)wanted);
        capacity = wanted;
    }
}
