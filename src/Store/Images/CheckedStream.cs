using System.Security.Cryptography;

namespace Thaw.Store.Images;

/// <summary>Passes bytes on, and computes their digest on the way.</summary>
internal sealed class CheckedStream(Stream source, ImageBudget? budget = null) : Stream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var count = source.Read(buffer);
        budget?.TakeBytes(count);
        hash.AppendData(buffer[..count]);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Reads what is left, and compares.</summary>
    /// <param name="digest">As manifests write it.</param>
    public void MustBe(string digest, string what)
    {
        var rest = new byte[64 * 1024];
        while (Read(rest.AsSpan()) > 0)
        {
        }

        var found = $"sha256:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
        if (found != digest)
            throw ImageFault.Invalid($"{what} is damaged: its digest is {found}, and not {digest}");
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            hash.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
