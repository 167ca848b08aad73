using System.Buffers;

namespace Thaw.Telemetry.Subscriptions;

/// <summary>Records of one subscriber, one behind the other, a newline behind each.</summary>
internal sealed class Batch(TelemetryMemory memory) : IBufferWriter<byte>
{
    /// <summary>An empty batch keeps memory up to this size, for the next records.</summary>
    private const int KeptBytes = 16 * 1024;

    private const int FirstBytes = 4 * 1024;

    private byte[] buffer = [];

    public int Items { get; private set; }

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Records => buffer.AsMemory(0, Length);

    /// <summary>Ends what was written since a length: one record, or several if there are newlines within.</summary>
    public void EndRecords(int since)
    {
        Items += 1 + buffer.AsSpan(since, Length - since).Count((byte)'\n');
        GetSpan(1)[0] = (byte)'\n';
        Length++;
    }

    /// <summary>Takes back what was written since it had this length and these items.</summary>
    public void CutBack(int length, int items) => (Length, Items) = (length, items);

    public void Clear()
    {
        (Items, Length) = (0, 0);
        if (buffer.Length > KeptBytes)
            Free();
    }

    /// <summary>Gives all memory back; the batch can be filled again all the same.</summary>
    public void Free()
    {
        (Items, Length) = (0, 0);
        Replace([]);
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return buffer.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void Reserve(int more)
    {
        if (buffer.Length - Length >= more)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, Math.Max(2 * buffer.Length, Length + more)));
        buffer.AsSpan(0, Length).CopyTo(larger);
        Replace(larger);
    }

    private void Replace(byte[] with)
    {
        memory.Take(with.Length - buffer.Length);
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = with;
    }
}
