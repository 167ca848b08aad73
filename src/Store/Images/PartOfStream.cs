namespace Thaw.Store.Images;

/// <summary>So many bytes of another stream, from where that stands.</summary>
internal sealed class PartOfStream(Stream source, long length) : ReadOnlyStream(source)
{
    private long left = length;

    public override int Read(Span<byte> buffer)
    {
        var count = Source.Read(buffer[..(int)Math.Min(buffer.Length, left)]);
        left -= count;
        return count;
    }
}
