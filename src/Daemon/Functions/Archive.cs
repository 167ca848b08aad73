using System.IO.Compression;

namespace Thaw.Daemon.Functions;

/// <summary>Unpacks a function or a layer. Entries that point outside of the folder are refused, and modes are kept.</summary>
internal static class Archive
{
    /// <exception cref="UnusableFunctionException">It is no zip, or there is no room for it.</exception>
    public static string Unpack(string zip, string into)
    {
        if (!File.Exists(zip))
            throw new UnusableFunctionException($"there is no folder or zip at {zip}");
        Create(into);
        try
        {
            UserFiles.MustBeContent(zip, long.MaxValue);
            ZipFile.ExtractToDirectory(zip, into, overwriteFiles: true);
            return into;
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new UnusableFunctionException($"cannot unpack {zip}: {failure.Message}");
        }
    }

    /// <summary>Makes a folder of ours below the data directory.</summary>
    /// <exception cref="UnusableFunctionException">The data directory cannot be written to.</exception>
    public static void Create(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnusableFunctionException($"cannot create {folder}; --data or THAW_DATA names a folder that can be written to");
        }
    }
}
