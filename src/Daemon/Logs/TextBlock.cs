namespace Thaw.Daemon.Logs;

/// <summary>Some whole entries.</summary>
internal sealed class TextBlock(int size)
{
    private readonly byte[] bytes = new byte[size];
    private int length;

    public int Size => bytes.Length;

    public int Room => bytes.Length - length;

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, length);

    /// <summary>The next bytes, which must have room.</summary>
    public Span<byte> Add(int count)
    {
        length += count;
        return bytes.AsSpan(length - count, count);
    }

    public void Clear() => length = 0;
}
