using System.Buffers;
using System.Text;

namespace Thaw.Sandboxing.Snapshots.Rpc;

/// <summary>Writes the fields of a message of Protocol Buffers, as far as CRIU's have them: numbers, texts, and messages within.</summary>
internal sealed class WireWriter
{
    private const uint Varint = 0, Delimited = 2;

    private readonly ArrayBufferWriter<byte> bytes = new();

    internal ReadOnlyMemory<byte> Bytes => bytes.WrittenMemory;

    internal WireWriter Number(uint field, ulong value)
    {
        Tag(field, Varint);
        Write(value);
        return this;
    }

    internal WireWriter Flag(uint field) => Number(field, 1);

    internal WireWriter Text(uint field, string text) => Delimit(field, Encoding.UTF8.GetBytes(text));

    internal WireWriter Message(uint field, WireWriter message) => Delimit(field, message.Bytes.Span);

    private WireWriter Delimit(uint field, ReadOnlySpan<byte> content)
    {
        Tag(field, Delimited);
        Write((ulong)content.Length);
        bytes.Write(content);
        return this;
    }

    private void Tag(uint field, uint kind) => Write((field << 3) | kind);

    // Seven bits at a time, the lowest first; all bytes but the last have the highest bit.
    private void Write(ulong value)
    {
        for (; value > 0x7f; value >>= 7)
            bytes.Write([(byte)(value | 0x80)]);
        bytes.Write([(byte)value]);
    }
}
