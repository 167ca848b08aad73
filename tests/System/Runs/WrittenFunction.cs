using Thaw.Testing;

namespace Thaw.SystemTests.Runs;

/// <summary>A function, a layer or anything else that a test writes into a folder of its own.</summary>
internal sealed class WrittenFunction : IDisposable
{
    private readonly DirectoryInfo folder = OpenFiles.NewFolder("thaw-run-");

    public string Folder => folder.FullName;

    /// <summary>Where the function sees it.</summary>
    public string TaskRoot => ThawProgram.SharesFiles ? Folder : "/var/task";

    /// <summary>A file in which it may keep something from one of its processes to the next.</summary>
    public string Memory { get; } = $"/tmp/thaw-test-{Guid.NewGuid():N}";

    public static WrittenFunction Node(string source) => new WrittenFunction().With("index.mjs", source);

    public static WrittenFunction Python(string source) => new WrittenFunction().With("index.py", source);

    /// <summary>A runtime of its own, as a program with a first line that names its interpreter.</summary>
    public static WrittenFunction Bootstrap(string source) => new WrittenFunction().WithProgram("bootstrap", source);

    public string this[string name] => Path.Combine(Folder, name);

    public WrittenFunction With(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return this;
    }

    public WrittenFunction WithProgram(string name, string text)
    {
        With(name, text);
        File.SetUnixFileMode(this[name], OpenFiles.Program);
        return this;
    }

    public void Dispose()
    {
        folder.Delete(recursive: true);
        File.Delete(Memory);
    }
}
