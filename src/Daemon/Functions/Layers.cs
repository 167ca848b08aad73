using Thaw.Store.Archive;

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
                Copy(layer, into);
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

    private static void Copy(string layer, string into)
    {
        Archive.Create(into);
        try
        {
            CodeFolder.Merge(layer, into);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnusableFunctionException($"cannot copy the layer {layer}: {failure.Message}");
        }
    }
}
