using System.Security.Cryptography;

namespace Thaw.Store.Images;

/// <summary>Passes bytes on, and computes their digest on the way.</summary>
/// <param name="take">Told how many bytes have been read, each time; it throws when they are too many.</param>
internal sealed class CheckedStream(Stream source, Action<long> take) : ReadOnlyStream(source)
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public override int Read(Span<byte> buffer)
    {
        var count = ReadSource(buffer);
        take(count);
        hash.AppendData(buffer[..count]);
        return count;
    }

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
            throw ImageFault.Invalid($"{what} is damaged: its digest is {found}, and not {Archive.ShownName.Of(digest)}");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            hash.Dispose();
        base.Dispose(disposing);
    }

    // Whoever unpacks takes all other faults of files for those of where it is unpacked.
    private int ReadSource(Span<byte> buffer)
    {
        try
        {
            return Source.Read(buffer);
        }
        catch (IOException failure)
        {
            throw ImageFault.Invalid($"it cannot be read: {failure.Message.TrimEnd('.')}");
        }
    }
}
