using System.Globalization;
using System.Security.Cryptography;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>A file of a snapshot, and what must be in it.</summary>
/// <param name="Name">As it is called in the folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Digest">Of its content. Blocks of nothing do not count, so that holes cost nothing.</param>
internal sealed record ImageFile(string Name, long Bytes, string Digest)
{
    private const int BlockBytes = 4096, ReadBytes = 256 * BlockBytes;

    /// <summary>All that a snapshot's folder has, beside its manifest and a /tmp that is a folder.</summary>
    internal static IReadOnlyList<ImageFile> AllIn(string folder)
    {
        var names = Directory.EnumerateFiles(Path.Combine(folder, Manifest.Images)).Select(path => Path.GetRelativePath(folder, path));
        if (File.Exists(Path.Combine(folder, Manifest.TemporaryImage)))
            names = names.Append(Manifest.TemporaryImage);
        return [.. names.Order(StringComparer.Ordinal).Select(name => Of(folder, name))];
    }

    /// <summary>What is wrong with it now; null when nothing is.</summary>
    internal string? Problem(string folder)
    {
        try
        {
            var now = new FileInfo(Path.Combine(folder, Name));
            return !now.Exists ? $"its file {Name} is not there"
                : now.Length != Bytes || Of(folder, Name).Digest != Digest ? $"its file {Name} is not as it was written"
                : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"its file {Name} cannot be read: {failure.Message}";
        }
    }

    private static ImageFile Of(string folder, string name)
    {
        using var file = File.OpenHandle(Path.Combine(folder, name));
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (length, buffer) = (RandomAccess.GetLength(file), new byte[ReadBytes]);
        foreach (var (start, end) in Content.Of(file, length))
        {
            // Holes are told in blocks by most file systems, and in larger pieces by some.
            for (var at = start - (start % BlockBytes); at < end;)
            {
                var count = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(ReadBytes, end - at)), at);
                if (count == 0)
                    break;
                Add(digest, buffer.AsSpan(0, count), at);
                at += count;
            }
        }

        return new(name, length, Convert.ToHexStringLower(digest.GetHashAndReset()));
    }

    private static void Add(IncrementalHash digest, ReadOnlySpan<byte> bytes, long at)
    {
        for (var i = 0; i < bytes.Length; i += BlockBytes)
        {
            var block = bytes.Slice(i, Math.Min(BlockBytes, bytes.Length - i));
            if (!block.ContainsAnyExcept((byte)0))
                continue;
            digest.AppendData(System.Text.Encoding.ASCII.GetBytes((at + i).ToString(CultureInfo.InvariantCulture)));
            digest.AppendData(block);
        }
    }
}
