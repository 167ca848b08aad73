using System.IO.Compression;
using Thaw.Store.Archive;

namespace Thaw.Store.Images;

/// <summary>What bytes are packed with, by their first ones: what manifests say of it is not always so.</summary>
internal static class Compression
{
    public const string None = "";

    private const string Gzip = "gzip";

    /// <summary>Reads the first bytes.</summary>
    public static string Of(Stream content)
    {
        var head = new byte[6];
        var count = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return head.AsSpan(0, count) switch
        {
            [0x1F, 0x8B, ..] => Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] => "zstd",
            [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0] => "xz",
            [(byte)'B', (byte)'Z', (byte)'h', ..] => "bzip2",
            _ => None,
        };
    }

    /// <exception cref="UnusableCodeException">There is no way to unpack it here.</exception>
    public static Stream Unpacked(string compression, Stream content) => compression switch
    {
        None => content,
        Gzip => new GZipStream(content, CompressionMode.Decompress),
        _ => throw ImageFault.Invalid($"a layer is compressed by {compression}, which is not supported here: build it with gzip, "
            + "for example by 'docker buildx build --output type=oci,compression=gzip,force-compression=true,dest=image.tar'"),
    };
}
