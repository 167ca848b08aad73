namespace Thaw.Daemon.Functions;

/// <summary>What a user hands in must be readable by us before anything of it runs: the message is better now than later.</summary>
internal static class UserFiles
{
    /// <summary>Pipes and devices have no size: whoever reads one may wait for ever, or read for ever.</summary>
    /// <exception cref="UnusableFunctionException">The file has no content, or more than it may have.</exception>
    public static void MustBeContent(string file, long maxBytes)
    {
        var info = new FileInfo(file);
        var bytes = ((FileInfo?)info.ResolveLinkTarget(returnFinalTarget: true) ?? info).Length;
        if (bytes == 0 || bytes > maxBytes)
        {
            throw new UnusableFunctionException(
                $"{file} {(bytes == 0 ? "is empty, or no plain file" : $"has {bytes} bytes, which is too many")}");
        }
    }

    /// <exception cref="UnusableFunctionException">The folder cannot be listed, or not entered.</exception>
    public static void MustBeReadable(string folder)
    {
        try
        {
            foreach (var entry in Directory.EnumerateFileSystemEntries(folder).Take(1))
                _ = File.GetAttributes(entry);
        }
        catch (UnauthorizedAccessException)
        {
            throw new UnusableFunctionException($"cannot read {folder}: give yourself the right to, for example by 'chmod u+rx {folder}'");
        }
    }
}
