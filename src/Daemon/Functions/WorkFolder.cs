namespace Thaw.Daemon.Functions;

/// <summary>A folder below the data directory that lives as long as this process, or until the next one finds it orphaned.</summary>
public sealed class WorkFolder : IDisposable
{
    private readonly string parent;

    public WorkFolder(string dataDirectory)
    {
        parent = System.IO.Path.Combine(System.IO.Path.GetFullPath(dataDirectory), "runs");
        Path = System.IO.Path.Combine(parent, $"{Environment.ProcessId}");
        RemoveOrphans();
    }

    /// <summary>Where it is or would be: nothing is created until somebody writes.</summary>
    public string Path { get; }

    /// <summary><c>$THAW_DATA</c>, else the usual place of the user.</summary>
    public static string DefaultDataDirectory() =>
        Environment.GetEnvironmentVariable("THAW_DATA") is { Length: > 0 } named ? named
        : Environment.UserName == "root" ? "/var/lib/thaw"
        : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local/share/thaw");

    public void Dispose() => Remove(Path);

    private void RemoveOrphans()
    {
        if (!Directory.Exists(parent))
            return;
        try
        {
            foreach (var folder in Directory.EnumerateDirectories(parent))
            {
                if (!Directory.Exists($"/proc/{System.IO.Path.GetFileName(folder)}") || folder == Path)
                    Remove(folder);
            }
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's data directory: it matters only if something must be written there.
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Somebody else's, or just being removed: the next run tries again.
        }
    }
}
