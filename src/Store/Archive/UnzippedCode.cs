using System.Buffers;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using Thaw.Contracts;

namespace Thaw.Store.Archive;

/// <summary>Makes a folder of a zip. Nothing is believed that the zip says of itself: bytes are counted as they are written.</summary>
internal static class UnzippedCode
{
    private const int MaxLinkBytes = 4_096;

    private const UnixFileMode ReadableFile = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Unpacks it into a folder that is not there yet; returns the bytes of all files together.</summary>
    /// <exception cref="UnusableCodeException">It is no zip, or one that must not be unpacked. A part of it may be there.</exception>
    /// <exception cref="IOException">There is no room for it.</exception>
    public static long Unpack(Stream zip, string folder)
    {
        try
        {
            using var archive = new ZipArchive(zip, ZipArchiveMode.Read, leaveOpen: true);
            var entries = ZipListing.Read(archive);
            Directory.CreateDirectory(folder);
            foreach (var entry in entries)
            {
                var place = Path.Combine(folder, entry.Path);
                Directory.CreateDirectory(entry.Kind == ZipEntryKind.Folder ? place : Path.GetDirectoryName(place)!);
            }

            var written = 0L;
            foreach (var entry in entries.Where(entry => entry.Kind == ZipEntryKind.File))
                written += Write(entry, Path.Combine(folder, entry.Path), Limits.UnzippedCodeBytes - written);

            // Links come last, so nothing is written through one. They may lead anywhere: to those inside of a sandbox, that is there.
            foreach (var link in entries.Where(entry => entry.Kind == ZipEntryKind.Link))
                File.CreateSymbolicLink(Path.Combine(folder, link.Path), TargetOf(link));
            return written;
        }
        catch (InvalidDataException)
        {
            throw new UnusableCodeException(ZipListing.Unreadable);
        }
    }

    /// <summary>The bytes of all files, as a zip tells that was unpacked before.</summary>
    public static long SizeOf(Stream zip)
    {
        using var archive = new ZipArchive(zip, ZipArchiveMode.Read, leaveOpen: true);
        return ZipListing.Read(archive).Where(entry => entry.Kind == ZipEntryKind.File).Sum(entry => entry.Source.Length);
    }

    public static UnusableCodeException TooLarge() => new($"Unzipped size must be smaller than {Limits.UnzippedCodeBytes} bytes");

    private static long Write(ZipEntry entry, string path, long room)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = ReadableFile | entry.IsExecutable;
        using var file = new FileStream(path, options);
        using var content = entry.Source.Open();
        var checksum = new Crc32();
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            while (content.Read(buffer) is > 0 and var count)
            {
                if (file.Position + count >= room)
                    throw TooLarge();
                checksum.Append(buffer.AsSpan(0, count));
                file.Write(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (file.Position != entry.Source.Length || checksum.GetCurrentHashAsUInt32() != entry.Source.Crc32)
            throw new InvalidDataException();

        // Compiled Python knows its source by this time. A zip has no time zone; whoever means one means UTC.
        File.SetLastWriteTimeUtc(file.SafeFileHandle, DateTime.SpecifyKind(entry.Source.LastWriteTime.DateTime, DateTimeKind.Utc));
        return file.Position;
    }

    private static string TargetOf(ZipEntry link)
    {
        if (link.Source.Length is 0 or > MaxLinkBytes)
            throw ZipListing.Refusal("a link in it is empty or too long");
        using var content = link.Source.Open();
        var bytes = new byte[link.Source.Length];
        if (content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length
            || Crc32.HashToUInt32(bytes) != link.Source.Crc32)
        {
            throw new InvalidDataException();
        }

        return bytes.Contains((byte)0) ? throw ZipListing.Refusal("a link in it has a zero byte") : Encoding.UTF8.GetString(bytes);
    }
}
