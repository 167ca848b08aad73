using System.Diagnostics;

namespace Thaw.Bench.Driver.Programs;

/// <summary>The languages that are measured, with the same programs and arguments that Thaw uses.</summary>
internal sealed class Languages
{
    private const string AskNode = "process.execPath + '\\n' + process.versions.node.split('.')[0]";

    // PATH may hold shims, which are slow scripts: each is asked who it really is, as Thaw does.
    private const string AskPython =
        "import sys; print(getattr(sys, '_base_executable', sys.executable)); print('%d.%d' % sys.version_info[:2])";

    internal Languages(string runtimes)
    {
        var (node, nodeVersion) = Ask("node", "-p", AskNode);
        var (python, pythonVersion) = Ask("python3", "-I", "-S", "-c", AskPython);
        Native = new Language("native", "provided.al2023", null, [], "bootstrap", null);
        Node = new Language(
            "node",
            $"nodejs{nodeVersion}.x",
            node,
            [Path.Combine(runtimes, "nodejs/bootstrap.cjs")],
            "index.cjs",
            "exports.handler = async (event) => event;\n");
        Python = new Language(
            "python",
            $"python{pythonVersion}",
            python,
            ["-S", "-X", "utf8", Path.Combine(runtimes, "python/bootstrap.py")],
            "index.py",
            "def handler(event, context):\n    return event\n");
    }

    internal Language Native { get; }

    internal Language Node { get; }

    internal Language Python { get; }

    /// <summary>The program <c>dotnet</c>, not a link to it.</summary>
    internal static string Dotnet()
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(folder => Path.Combine(folder, "dotnet"))
            .FirstOrDefault(File.Exists) ?? throw new BenchException("there is no dotnet on this machine's PATH");
        return File.ResolveLinkTarget(found, returnFinalTarget: true)?.FullName ?? found;
    }

    private static (string Path, string Version) Ask(string program, params string[] question)
    {
        using var asked = Process.Start(new ProcessStartInfo(program, question) { RedirectStandardOutput = true })!;
        var answer = asked.StandardOutput.ReadToEnd().Split('\n');
        asked.WaitForExit();
        return answer is [var path, var version, ..] && File.Exists(path)
            ? (path, version)
            : throw new BenchException($"{program} does not say where it is; it must be installed");
    }
}
