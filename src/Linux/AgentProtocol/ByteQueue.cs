namespace Thaw.Linux.AgentProtocol;

/// <summary>Bytes in the order they came: appended behind, consumed in front, in one growing block.</summary>
internal sealed class ByteQueue
{
    private const int UsualBytes = 128 * 1024;

    private byte[] block = [];
    private int start;
    private int end;

    internal int Count => end - start;

    internal ReadOnlySpan<byte> Bytes => block.AsSpan(start, Count);

    /// <summary>The bytes held, for the calls that want memory. Valid until the next append.</summary>
    internal ReadOnlyMemory<byte> Memory => block.AsMemory(start, Count);

    /// <summary>
    /// Room behind the last byte, at least <paramref name="atLeast"/> long. What is written there counts after <see cref="Append(int)"/>.
    /// </summary>
    internal Memory<byte> Room(int atLeast)
    {
        if (block.Length - end < atLeast)
        {
            var held = Count;
            var target = block;
            if (block.Length - held < atLeast)
                target = new byte[Math.Max(UsualBytes, Math.Max(block.Length * 2, held + atLeast))];

            block.AsSpan(start, held).CopyTo(target);
            (block, start, end) = (target, 0, held);
        }

        return block.AsMemory(end);
    }

    internal void Append(int count) => end += count;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length).Span);
        Append(bytes.Length);
    }

    /// <summary>Overwrites bytes that are already held, counted from the front.</summary>
    internal Span<byte> Held(int offset, int length) => block.AsSpan(start + offset, length);

    internal void Consume(int count)
    {
        start += count;
        if (start == end)
        {
            start = end = 0;

            // One huge frame must not cost its size forever.
            if (block.Length > 2 * UsualBytes)
                block = [];
        }
    }

    internal void Clear() => Consume(Count);
}
