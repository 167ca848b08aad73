using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Thaw.Daemon.Doctor;

/// <summary>The kernel's version: mounts by descriptor, loop devices in one step and cgroup.freeze are not in old ones.</summary>
public sealed partial class KernelCheck(string release) : ICheck
{
    private static readonly Version Oldest = new(5, 8);

    public IEnumerable<Finding> Look()
    {
        if (Version().Match(release) is not { Success: true } match)
        {
            var system = RuntimeInformation.OSDescription;
            yield return new("kernel", Verdict.Warn, $"{system} is no Linux: functions are isolated by processes only");
            yield break;
        }

        var version = System.Version.Parse(match.Value);
        yield return version >= Oldest
            ? Finding.Pass("kernel", $"Linux {release}")
            : new(
                "kernel",
                Verdict.Warn,
                $"Linux {release} is too old for sandboxes of namespaces: processes only",
                $"install Linux {Oldest} or later");
    }

    [GeneratedRegex(@"^\d+\.\d+")]
    private static partial Regex Version();
}
