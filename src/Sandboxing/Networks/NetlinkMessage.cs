using System.Runtime.InteropServices;
using System.Text;

namespace Thaw.Sandboxing.Networks;

/// <summary>
/// One request of rtnetlink(7): a header, the fixed part of its kind, attributes (length, type, value, filled up to four bytes), some of
/// which hold attributes themselves. Numbers are in the machine's own order.
/// </summary>
internal sealed class NetlinkMessage
{
    internal const int HeaderBytes = 16;

    private const int MaxBytes = 1024;

    private readonly byte[] buffer = new byte[MaxBytes];
    private int length = HeaderBytes;

    internal NetlinkMessage(ushort type, ushort flags, uint sequence)
    {
        MemoryMarshal.Write(buffer.AsSpan(4), type);
        MemoryMarshal.Write(buffer.AsSpan(6), flags);
        MemoryMarshal.Write(buffer.AsSpan(8), sequence);
    }

    /// <summary>All of it, with its length in the header.</summary>
    internal ReadOnlySpan<byte> Bytes
    {
        get
        {
            MemoryMarshal.Write(buffer, (uint)length);
            return buffer.AsSpan(0, length);
        }
    }

    /// <summary>The fixed part of RTM_*LINK: <c>struct ifinfomsg</c>.</summary>
    internal NetlinkMessage Link(int index, uint flags = 0, uint change = 0)
    {
        Take(4);
        Put((uint)index);
        Put(flags);
        return Put(change);
    }

    /// <summary>The fixed part of RTM_*ADDR: <c>struct ifaddrmsg</c>.</summary>
    internal NetlinkMessage Address(byte family, byte prefix, int index)
    {
        Take(4) = family;
        buffer[length - 3] = prefix;
        return Put((uint)index);
    }

    /// <summary>The fixed part of RTM_*ROUTE: <c>struct rtmsg</c>.</summary>
    internal NetlinkMessage Route(byte family, byte prefix, byte table, byte protocol, byte scope, byte type)
    {
        ReadOnlySpan<byte> part = [family, prefix, 0, 0, table, protocol, scope, type, 0, 0, 0, 0];
        part.CopyTo(buffer.AsSpan(length));
        length += part.Length;
        return this;
    }

    internal NetlinkMessage Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        var bytes = 4 + value.Length;
        MemoryMarshal.Write(buffer.AsSpan(length), (ushort)bytes);
        MemoryMarshal.Write(buffer.AsSpan(length + 2), type);
        value.CopyTo(buffer.AsSpan(length + 4));
        length += (bytes + 3) & ~3;
        return this;
    }

    internal NetlinkMessage Attribute(ushort type, uint value) => Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));

    /// <summary>A C string, with its zero.</summary>
    internal NetlinkMessage Attribute(ushort type, string value) => Attribute(type, Encoding.ASCII.GetBytes(value + "\0"));

    internal NetlinkMessage Nested(ushort type, Action<NetlinkMessage> inside)
    {
        var start = length;
        Attribute(type, []);
        inside(this);
        MemoryMarshal.Write(buffer.AsSpan(start), (ushort)(length - start));
        return this;
    }

    private ref byte Take(int bytes)
    {
        length += bytes;
        return ref buffer[length - bytes];
    }

    private NetlinkMessage Put(uint value)
    {
        MemoryMarshal.Write(buffer.AsSpan(length), value);
        length += sizeof(uint);
        return this;
    }
}
