namespace Thaw.Store.Archive;

/// <summary>What is done to whole folders.</summary>
public static class CodeFolder
{
    private const UnixFileMode Searchable = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    /// <summary>Copies what a folder holds over what another one holds: only folders are merged, all else gives way.</summary>
    /// <exception cref="IOException">It cannot be read, or there is no room for it.</exception>
    public static void Merge(string from, string into) => Merge(new DirectoryInfo(from), into);

    /// <summary>Nobody adds or removes anything from now on.</summary>
    internal static void Seal(string folder) => SetMode(new DirectoryInfo(folder), Searchable);

    /// <summary>Removes a folder, sealed or not, if it is there.</summary>
    internal static void Remove(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        SetMode(new DirectoryInfo(folder), Searchable | UnixFileMode.UserWrite);
        Directory.Delete(folder, recursive: true);
    }

    private static void SetMode(DirectoryInfo folder, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            return;
        folder.UnixFileMode = mode;
        foreach (var inner in folder.EnumerateDirectories("*", Everything).Where(inner => inner.LinkTarget is null))
            SetMode(inner, mode);
    }

    private static void Merge(DirectoryInfo from, string into)
    {
        Directory.CreateDirectory(into);
        foreach (var entry in from.EnumerateFileSystemInfos("*", Everything))
            Put(entry, Path.Combine(into, entry.Name));
    }

    private static void Put(FileSystemInfo entry, string to)
    {
        var merges = entry is DirectoryInfo { LinkTarget: null } && Directory.Exists(to) && new DirectoryInfo(to).LinkTarget is null;
        if (!merges)
            GiveWay(to);
        switch (entry)
        {
            // A link stays a link: it may lead round in a circle, or to what only another layer has.
            case { LinkTarget: { } target }:
                File.CreateSymbolicLink(to, target);
                break;
            case DirectoryInfo folder:
                Merge(folder, to);
                break;
            case FileInfo file:
                file.CopyTo(to);
                break;
        }
    }

    private static void GiveWay(string path)
    {
        if (new FileInfo(path) is { LinkTarget: not null } or { Exists: true })
            File.Delete(path);
        else if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }
}
