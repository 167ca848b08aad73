namespace Thaw.Sandboxing.Snapshots;

/// <summary>A folder with all that is in it, with owners, times, links, and holes.</summary>
internal static class FolderCopy
{
    /// <param name="to">It does not exist yet, or is empty.</param>
    /// <exception cref="SandboxException">It cannot be copied.</exception>
    internal static void Make(string from, string to)
    {
        var cp = HostProgram.Find("cp") ?? throw new SandboxException("There is no cp on this machine (fix: apt-get install coreutils).");
        Directory.CreateDirectory(to);
        var (status, _, error) = cp.Run(["--archive", "--reflink=auto", "--sparse=always", "--no-target-directory", "--", from, to]);
        if (status != 0)
            throw new SandboxException($"/tmp cannot be copied: {error}");
    }
}
