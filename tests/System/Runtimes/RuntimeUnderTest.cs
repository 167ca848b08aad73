namespace Thaw.SystemTests.Runtimes;

/// <summary>One of our runtimes: how it is started, and what its files are called.</summary>
internal sealed record RuntimeUnderTest(string Folder, string FileExtension, params string[] Command)
{
    public static readonly RuntimeUnderTest Nodejs = new("nodejs", ".mjs", "node", "bootstrap.cjs");

    // The distribution's own Python: the first on PATH may be a slow shim.
    public static readonly RuntimeUnderTest Python = new("python", ".py",
        File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3", "-S", "-X", "utf8", "bootstrap.py");

    public string FullFolder { get; } = Path.Combine(RepositoryRoot(), "runtimes", Folder);

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Thaw.slnx")))
            folder = Path.GetDirectoryName(folder.TrimEnd('/'))!;
        return folder;
    }
}
