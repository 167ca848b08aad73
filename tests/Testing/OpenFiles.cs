namespace Thaw.Testing;

/// <summary>Files for functions: in a sandbox of their own they run as another user.</summary>
public static class OpenFiles
{
    /// <summary>Of a program or folder that everybody may use.</summary>
    public const UnixFileMode Program = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>A new folder for what is temporary.</summary>
    public static DirectoryInfo NewFolder(string prefix)
    {
        var folder = Directory.CreateTempSubdirectory(prefix);
        if (!OperatingSystem.IsWindows())
            folder.UnixFileMode = Program;
        return folder;
    }
}
