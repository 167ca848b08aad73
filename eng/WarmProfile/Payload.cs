using System.Buffers.Binary;
using System.Text;

namespace Thaw.WarmProfile;

/// <summary>Bytes of a trace, read from front to back.</summary>
internal ref struct Payload(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    /// <summary>What has not been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => rest;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public ReadOnlySpan<byte> Take(int count)
    {
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    /// <summary>Seven bits a byte, the lowest first.</summary>
    public ulong Varying()
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }

    /// <summary>UTF-16 up to a zero.</summary>
    public string Text()
    {
        var length = 0;
        while (rest[length] != 0 || rest[length + 1] != 0)
            length += 2;
        var text = Encoding.Unicode.GetString(rest[..length]);
        rest = rest[(length + 2)..];
        return text;
    }

    public ulong[] UInt64s(int count)
    {
        var values = new ulong[count];
        for (var at = 0; at < count; at++)
            values[at] = UInt64();
        return values;
    }
}
