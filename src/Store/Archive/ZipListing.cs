using System.IO.Compression;
using System.Text;
using Thaw.Contracts;

namespace Thaw.Store.Archive;

/// <summary>
/// The entries of a zip, checked before anything is written: names that stay inside, each once, and only files, folders and links.
/// </summary>
internal static class ZipListing
{
    /// <summary>What AWS says of all zips that it cannot read.</summary>
    public const string Unreadable = "Could not unzip uploaded file. Please check your file, then try to upload again.";

    /// <summary>Entries of one zip; ours. What fits into the largest zip would be five times as many, all of them empty.</summary>
    private const int MaxEntries = 100_000;

    /// <summary>
    /// The paths of all folders together, in letters; ours, several times what the largest packages have. A name makes a folder of every
    /// second letter, so that a small zip could ask for more folders than a disk has room for, and for hours to make them.
    /// </summary>
    private const int MaxFolderLetters = 8_000_000;

    // What Linux takes, less what the folders before it may need.
    private const int MaxNameBytes = 255, MaxPathBytes = 3_000;

    private const int KindOfMode = 0xF000, FolderMode = 0x4000, FileMode = 0x8000, LinkMode = 0xA000;
    private const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <exception cref="UnusableCodeException">It must not be unpacked.</exception>
    /// <exception cref="InvalidDataException">It is no zip.</exception>
    public static IReadOnlyList<ZipEntry> Read(ZipArchive zip)
    {
        var sources = zip.Entries;
        if (sources.Count == 0)
            throw new UnusableCodeException("Uploaded file must be a non-empty zip");
        if (sources.Count > MaxEntries)
            throw Refusal($"it has {sources.Count} entries, more than {MaxEntries}");
        if (sources.Sum(source => (decimal)source.Length) >= Limits.UnzippedCodeBytes)
            throw UnzippedCode.TooLarge();

        ZipEntry[] entries = [.. sources.Select(Read)];
        MustFitTogether(entries);
        return entries;
    }

    /// <summary>AWS's sentence with a reason in it.</summary>
    public static UnusableCodeException Refusal(string reason) =>
        new($"Could not unzip uploaded file: {reason}. Please check your file, then try to upload again.");

    private static ZipEntry Read(ZipArchiveEntry source)
    {
        var name = source.FullName;
        if (source.IsEncrypted)
            throw Refusal($"{ShownName.Of(name)} is encrypted");
        var mode = source.ExternalAttributes >> 16;
        var kind = (mode & KindOfMode, name.EndsWith('/')) switch
        {
            (FolderMode, _) or (0 or FileMode, true) => ZipEntryKind.Folder,
            (0 or FileMode, false) => ZipEntryKind.File,
            (LinkMode, false) => ZipEntryKind.Link,
            _ => throw Refusal($"{ShownName.Of(name)} is neither a file nor a folder nor a link"),
        };
        return new(source, PathOf(name), kind, (UnixFileMode)mode & Execute);
    }

    private static string PathOf(string name)
    {
        if (name.StartsWith('/') || name.Split('/').Contains(".."))
            throw Refusal($"{ShownName.Of(name)} would lie outside of the function");
        string[] parts = [.. name.Split('/').Where(part => part is not ("" or "."))];
        if (name.Contains('\0', StringComparison.Ordinal) || (parts.Length == 0 && name is not ("./" or ".")))
            throw Refusal($"{ShownName.Of(name)} is no name of a file");
        if (Encoding.UTF8.GetByteCount(name) > MaxPathBytes || parts.Any(part => Encoding.UTF8.GetByteCount(part) > MaxNameBytes))
            throw Refusal($"the name {ShownName.Of(name)} is too long");
        return string.Join('/', parts);
    }

    // Two entries with one name, or a file in the place of a folder, would depend on the order of unpacking.
    private static void MustFitTogether(ZipEntry[] entries)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal) { "" };
        var letters = 0;
        foreach (var entry in entries)
        {
            var folder = entry.Kind == ZipEntryKind.Folder ? entry.Path : FolderOf(entry.Path);
            while (folders.Add(folder))
            {
                letters += folder.Length;
                if (folders.Count > MaxEntries || letters > MaxFolderLetters)
                    throw Refusal("its names ask for too many folders, or too deep ones");
                folder = FolderOf(folder);
            }
        }

        var others = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries.Where(entry => entry.Kind != ZipEntryKind.Folder))
        {
            if (folders.Contains(entry.Path) || !others.Add(entry.Path))
                throw Refusal($"{ShownName.Of(entry.Path)} is there more than once");
        }
    }

    private static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var end ? path[..end] : "";
}
