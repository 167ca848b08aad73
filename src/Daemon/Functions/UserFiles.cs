namespace Thaw.Daemon.Functions;

/// <summary>What a user hands in must be readable by us before anything of it runs: the message is better now than later.</summary>
internal static class UserFiles
{
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
