using System.Text;

namespace Thaw.Sandboxing.Snapshots.Rpc;

/// <summary>Reads what <see cref="WireWriter"/> writes, and skips over fields of other kinds.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private const uint Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;
    private const int MostBits = 64;

    private ReadOnlySpan<byte> rest = bytes;

    /// <summary>The number of the field, after <see cref="TryNext"/>.</summary>
    internal uint Field { get; private set; }

    /// <summary>What it holds if it is a number.</summary>
    internal ulong Number { get; private set; }

    /// <summary>What it holds if it is a text or a message.</summary>
    internal ReadOnlySpan<byte> Content { get; private set; }

    internal readonly string Text => Encoding.UTF8.GetString(Content);

    /// <summary>False at the end.</summary>
    /// <exception cref="FormatException">This is no such message.</exception>
    internal bool TryNext()
    {
        if (rest.IsEmpty)
            return false;
        var tag = Read();
        Field = (uint)(tag >> 3);
        Number = 0;
        Content = [];
        switch ((uint)tag & 7)
        {
            case Varint:
                Number = Read();
                break;
            case Delimited:
                var length = Read();
                Content = Take(length <= int.MaxValue ? (int)length : int.MaxValue);
                break;
            case Fixed64:
                Take(sizeof(ulong));
                break;
            case Fixed32:
                Take(sizeof(uint));
                break;
            default:
                throw Malformed();
        }

        return true;
    }

    private static FormatException Malformed() => new("CRIU says something that is no message of its protocol");

    private ulong Read()
    {
        ulong value = 0;
        for (var shift = 0; shift < MostBits; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        throw Malformed();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > rest.Length)
            throw Malformed();
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
