using System.IO.Compression;

namespace Thaw.Cli.Deploy;

/// <summary>Packs a folder, always into the same bytes, so that what has not changed is known by its hash.</summary>
internal static class FolderZip
{
    private const int FileMode = 0x8000, LinkMode = 0xA1FF;

    // What builds and versions leave beside the code; Python's caches name their sources' times, which a zip does not keep so exactly.
    private static readonly string[] LeftOut = ["__pycache__", ".git"];

    private static readonly DateTimeOffset Always = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>The zip, and how many files are in it.</summary>
    /// <exception cref="IOException">Something cannot be read.</exception>
    public static (byte[] Zip, int Files) Pack(string folder)
    {
        var entries = new SortedDictionary<string, FileSystemInfo>(StringComparer.Ordinal);
        Find(new DirectoryInfo(folder), "", entries);
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, entry) in entries)
                Add(zip, name, entry);
        }

        return (bytes.ToArray(), entries.Count);
    }

    private static void Find(DirectoryInfo folder, string path, SortedDictionary<string, FileSystemInfo> entries)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos("*", Everything).Where(entry => !LeftOut.Contains(entry.Name)))
        {
            if (entry is DirectoryInfo { LinkTarget: null } inner)
                Find(inner, $"{path}{entry.Name}/", entries);
            else
                entries.Add(path + entry.Name, entry);
        }
    }

    private static void Add(ZipArchive zip, string name, FileSystemInfo source)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
        entry.LastWriteTime = Always;
        using var content = entry.Open();
        if (source.LinkTarget is { } target)
        {
            entry.ExternalAttributes = LinkMode << 16;
            content.Write(System.Text.Encoding.UTF8.GetBytes(target));
            return;
        }

        entry.ExternalAttributes = (FileMode | (OperatingSystem.IsWindows() ? 0x1ED : (int)source.UnixFileMode & 0x1FF)) << 16;

        // What has no content is not opened: a pipe would wait for whoever writes into it.
        if (source is FileInfo { Length: 0 })
            return;
        using var file = new FileStream(source.FullName, System.IO.FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.CopyTo(content);
    }
}
