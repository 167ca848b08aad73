using System.IO.Compression;
using System.Text;

namespace Thaw.UnitTests.Store.Archive;

/// <summary>A zip, entry by entry.</summary>
internal sealed class WrittenZip
{
    public const int PlainFile = 0x81A4, Executable = 0x81ED, Link = 0xA1FF, Folder = 0x41ED, Pipe = 0x11A4, Device = 0x21A4;

    private readonly MemoryStream bytes = new();

    public WrittenZip With(string name, string content = "x", int mode = PlainFile) => With(name, Encoding.UTF8.GetBytes(content), mode);

    public WrittenZip With(string name, byte[] content, int mode = PlainFile, CompressionLevel level = CompressionLevel.Fastest)
    {
        using var zip = new ZipArchive(bytes, ZipArchiveMode.Update, leaveOpen: true);
        var entry = zip.CreateEntry(name, level);
        entry.ExternalAttributes = mode << 16;
        entry.LastWriteTime = new DateTimeOffset(2024, 2, 29, 12, 34, 56, TimeSpan.Zero);
        using var written = entry.Open();
        written.Write(content);
        return this;
    }

    public byte[] ToArray() => bytes.ToArray();

    /// <summary>Overwrites what is at every place where these bytes are.</summary>
    public static byte[] Replace(byte[] zip, ReadOnlySpan<byte> old, ReadOnlySpan<byte> other)
    {
        byte[] changed = [.. zip];
        for (var at = 0; at + old.Length <= zip.Length; at++)
        {
            if (zip.AsSpan(at, old.Length).SequenceEqual(old))
                other.CopyTo(changed.AsSpan(at));
        }

        return changed;
    }
}
