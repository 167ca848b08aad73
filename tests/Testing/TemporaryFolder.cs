namespace Thaw.Testing;

/// <summary>A folder of one test's own; gone afterwards.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = OpenFiles.NewFolder("thaw-test-").FullName;

    /// <summary>Writes a file, with its folders, and gives its path.</summary>
    public string Write(string name, string text = "", bool executable = false)
    {
        var file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        if (executable && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, OpenFiles.Program);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
