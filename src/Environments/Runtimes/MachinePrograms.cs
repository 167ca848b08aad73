using System.ComponentModel;
using System.Diagnostics;

namespace Thaw.Environments.Runtimes;

/// <summary>A language's program on this machine: the real executable, and the version it gave of itself.</summary>
public sealed record MachineProgram(string Path, Version Version);

/// <summary>
/// Finds language programs. PATH may hold shims, scripts that pick a version and are slow, so each candidate is asked who it really is.
/// </summary>
/// <param name="searchPath">Folders in order, as in PATH.</param>
public sealed class MachinePrograms(IReadOnlyList<string> searchPath)
{
    private const string AskNode = "process.execPath + '\\n' + process.versions.node";

    // A virtual environment's python names the one it was made from: functions bring their packages themselves.
    private const string AskPython =
        "import sys; print(getattr(sys, '_base_executable', sys.executable)); print('%d.%d.%d' % sys.version_info[:3])";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What PATH names, then the usual places.</summary>
    public static MachinePrograms OnPath() => new(
    [
        .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries),
        "/usr/local/bin",
        "/usr/bin",
    ]);

    /// <summary>The program of the wanted version, else the one with the nearest; null when there is none.</summary>
    /// <param name="name"><c>node</c> or <c>python3</c>.</param>
    public MachineProgram? Nearest(string name, Version wanted)
    {
        MachineProgram? nearest = null;
        foreach (var candidate in Candidates(name, wanted))
        {
            if (Ask(name, candidate) is not { } program)
                continue;
            if (nearest is null || Distance(program.Version, wanted, name) < Distance(nearest.Version, wanted, name))
                nearest = program;
            if (Distance(nearest.Version, wanted, name) == 0)
                break;
        }

        return nearest;
    }

    private IEnumerable<string> Candidates(string name, Version wanted)
    {
        string[] names = name == "node" ? ["node", $"node{wanted.Major}", "nodejs"] : [$"python{wanted.ToString(2)}", "python3"];
        return names
            .SelectMany(file => searchPath.Select(folder => Path.Combine(folder, file)))
            .Where(File.Exists)
            .DistinctBy(file => new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file);
    }

    // Versions differ by major first; only a python's minor is a language version of its own.
    private static int Distance(Version version, Version wanted, string name) => wanted.Major == 0
        ? 0
        : (Math.Abs(version.Major - wanted.Major) * 1_000) + (name == "node" ? 0 : Math.Abs(version.Minor - wanted.Minor));

    private static MachineProgram? Ask(string name, string candidate)
    {
        string[] question = name == "node" ? ["-p", AskNode] : ["-I", "-S", "-c", AskPython];
        try
        {
            var start = new ProcessStartInfo(candidate, question) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment.Remove("NODE_OPTIONS");    // The user's own; it may ask for what this node does not know.
            using var asked = Process.Start(start);
            var answer = asked!.StandardOutput.ReadToEndAsync();
            if (!asked.WaitForExit(Patience))
            {
                asked.Kill(entireProcessTree: true);
                return null;
            }

            return answer.Result.Split('\n') is [var path, var version, ..]
                && File.Exists(path) && Version.TryParse(version, out var parsed)
                ? new MachineProgram(path, parsed)
                : null;
        }
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException)
        {
            return null;
        }
    }
}
