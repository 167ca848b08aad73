using System.Diagnostics;

namespace Thaw.SystemTests.Runs;

/// <summary>The program as a stranger gets it: what <c>./thaw</c> in the checkout builds and becomes.</summary>
internal static class ThawProgram
{
    /// <summary>Building it, if nobody has yet; ./test has.</summary>
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(15);

    private static readonly Lazy<string> Built = new(Build);

    public static string Root { get; } = FindRoot();

    /// <summary>Another one can be tried, an installed one for example: THAW_TEST_PROGRAM names it.</summary>
    public static string Path => Environment.GetEnvironmentVariable("THAW_TEST_PROGRAM") is { Length: > 0 } named ? named : Built.Value;

    /// <summary>
    /// How the tests isolate functions where they do not say it: THAW_TEST_ISOLATION, else by processes, which works everywhere.
    /// </summary>
    public static string Isolation =>
        Environment.GetEnvironmentVariable("THAW_TEST_ISOLATION") is { Length: > 0 } named ? named : "process";

    /// <summary>Whether functions see the machine's own files then, those of their test too.</summary>
    public static bool SharesFiles => Isolation == "process";

    /// <summary>The same, as options for a command that has these.</summary>
    /// <remarks>Functions that have little memory must not be slow: their tests wait for them.</remarks>
    public static string[] IsolationFor(string[] options) => options.Contains("--isolation") ? []
        : SharesFiles ? ["--isolation", Isolation]
        : ["--isolation", Isolation, "--all-cpus"];

    public static string Sample(string name) => System.IO.Path.Combine(Root, "samples", name);

    /// <summary>Copies the program, with all that lies beside it, to where every user may run it.</summary>
    public static string CopyTo(string folder)
    {
        using var copy = Process.Start("cp", ["-r", System.IO.Path.GetDirectoryName(Path)!, folder]);
        copy.WaitForExit();
        return System.IO.Path.Combine(folder, System.IO.Path.GetFileName(Path));
    }

    // Once, and not for each run: the script looks for changes every time.
    private static string Build()
    {
        using var build = Process.Start(new ProcessStartInfo(System.IO.Path.Combine(Root, "thaw"), ["--version"])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.True(build.WaitForExit(BuildLimit), "./thaw did not build in time");
        Assert.Equal(0, build.ExitCode);
        return System.IO.Path.Combine(Root, "artifacts/thaw/thaw");
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(System.IO.Path.Combine(folder, "Thaw.slnx")))
            folder = System.IO.Path.GetDirectoryName(folder.TrimEnd('/'))!;
        return folder;
    }
}
