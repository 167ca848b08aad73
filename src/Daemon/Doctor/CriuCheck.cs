using System.Text.RegularExpressions;
using Thaw.Sandboxing;

namespace Thaw.Daemon.Doctor;

/// <summary>CRIU, which SnapStart is made with. Debian's own is too old for recent kernels, so one beside it is looked at first.</summary>
/// <param name="candidates">Files, the likeliest first.</param>
public sealed partial class CriuCheck(IReadOnlyList<string?> candidates) : ICheck
{
    private const string Name = "criu";

    // From Debian's next release, into a folder beside what is installed.
    private const string Fix = "install CRIU 4.2 or later as criu in PATH, or as /opt/criu/criu";

    private static readonly Version Oldest = new(4, 2);

    public IEnumerable<Finding> Look()
    {
        var found = candidates.OfType<string>().Where(File.Exists).Select(path => (path, Version: VersionOf(path))).ToList();
        var fitting = found.Find(one => one.Version >= Oldest);
        if (fitting.Version is not null)
            yield return Finding.Pass(Name, $"{fitting.Version} ({fitting.path}): snapshots can be taken");
        else if (found.Count > 0)
            yield return new(Name, Verdict.Warn, $"{found[0].Version} ({found[0].path}) is older than {Oldest}: no snapshots", Fix);
        else
            yield return new(Name, Verdict.Warn, "none: no snapshots, and SnapStart functions start like others", Fix);
    }

    /// <summary>Reads what <c>criu --version</c> says; null when it is no CRIU's answer.</summary>
    internal static Version? Read(string answer) =>
        Said().Match(answer) is { Success: true } match ? Version.Parse(match.Groups[1].Value) : null;

    private static Version? VersionOf(string path)
    {
        try
        {
            return Read(new HostProgram(path).Run(["--version"]).Output);
        }
        catch (SandboxException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"Version: (\d+(\.\d+)+)")]
    private static partial Regex Said();
}
