namespace Thaw.Daemon.Functions;

/// <summary>Makes one folder of several layers: what lies in <c>/opt</c>. Later ones win; spec 6.3.</summary>
internal static class Layers
{
    /// <summary>One folder is used as it lies. Without layers the folder is only a name.</summary>
    /// <exception cref="UnusableFunctionException">A layer cannot be read or unpacked.</exception>
    public static string Merge(string[] layers, string into)
    {
        foreach (var folder in layers.Where(Directory.Exists))
            MustBeReadable(folder);
        if (layers is [var only] && Directory.Exists(only))
            return only;
        foreach (var layer in layers)
        {
            if (Directory.Exists(layer))
                Copy(new DirectoryInfo(layer), into);
            else
                Archive.Unpack(layer, into);
        }

        return into;
    }

    private static void MustBeReadable(string layer)
    {
        UserFiles.MustBeReadable(layer);
        var extensions = Path.Combine(layer, "extensions");
        if (Directory.Exists(extensions))
            UserFiles.MustBeReadable(extensions);
    }

    private static void Copy(DirectoryInfo from, string to)
    {
        Archive.Create(to);
        try
        {
            foreach (var entry in from.EnumerateFileSystemInfos())
                CopyEntry(entry, Path.Combine(to, entry.Name));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnusableFunctionException($"cannot copy the layer's {from.FullName}: {failure.Message}");
        }
    }

    private static void CopyEntry(FileSystemInfo entry, string to)
    {
        // Whatever a lower layer has there gives way, unless both are folders.
        var merges = entry is DirectoryInfo { LinkTarget: null } && Directory.Exists(to) && new DirectoryInfo(to).LinkTarget is null;
        if (!merges)
            Remove(to);
        switch (entry)
        {
            // A link stays a link: it may lead round in a circle, or to what only another layer has.
            case { LinkTarget: { } target }:
                File.CreateSymbolicLink(to, target);
                break;
            case DirectoryInfo folder:
                Copy(folder, to);
                break;
            case FileInfo file:
                file.CopyTo(to);
                break;
        }
    }

    private static void Remove(string path)
    {
        if (new FileInfo(path) is { LinkTarget: not null } or { Exists: true })
            File.Delete(path);
        else if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }
}
