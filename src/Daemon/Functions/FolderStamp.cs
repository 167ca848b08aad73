using System.IO.Enumeration;

namespace Thaw.Daemon.Functions;

/// <summary>Changes when a file below some folders does: its name, size, time of change, or that it is there at all.</summary>
/// <remarks>Python's caches are left out: a function makes them by running.</remarks>
internal static class FolderStamp
{
    /// <summary>The stamp of all files below these folders, and of these files. What cannot be read does not count.</summary>
    public static long Of(IEnumerable<string> paths)
    {
        var stamp = new HashCode();
        var files = 0L;
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
                files += StampsBelow(path).Sum(file => (long)file);
            else
                stamp.Add(HashCode.Combine(path, File.GetLastWriteTimeUtc(path)));
        }

        // The order in which a file system lists is its own business, so the files are added up.
        return files + stamp.ToHashCode();
    }

    private static FileSystemEnumerable<int> StampsBelow(string folder) => new(
        folder,
        (ref entry) => HashCode.Combine(
            string.GetHashCode(entry.Directory),
            string.GetHashCode(entry.FileName),
            entry.IsDirectory ? 0 : IsLink(ref entry) ? StampBehind(entry.ToFullPath()) : entry.Length,
            entry.IsDirectory ? default : entry.LastWriteTimeUtc),
        new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
    {
        ShouldRecursePredicate = (ref entry) => entry is { FileName: not "__pycache__", Attributes: var kind }
            && !kind.HasFlag(FileAttributes.ReparsePoint),
        ShouldIncludePredicate = (ref entry) => entry.FileName is not "__pycache__",
    };

    private static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);

    // Builds link to files that lie elsewhere, and those are edited there.
    private static long StampBehind(string link)
    {
        try
        {
            return File.ResolveLinkTarget(link, returnFinalTarget: true) is FileInfo { Exists: true } file
                ? HashCode.Combine(file.FullName, file.Length, file.LastWriteTimeUtc)
                : 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
