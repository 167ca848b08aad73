namespace Thaw.Daemon.Doctor;

/// <summary>Whether system calls can be filtered.</summary>
public sealed class SeccompCheck : ICheck
{
    private const string Actions = "/proc/sys/kernel/seccomp/actions_avail";

    public IEnumerable<Finding> Look() =>
    [
        File.Exists(Actions) && File.ReadAllText(Actions).Contains("errno", StringComparison.Ordinal)
            ? Finding.Pass("seccomp", "functions are refused system calls that are not for them")
            : new(
                "seccomp",
                Verdict.Warn,
                "no filter for system calls: sandboxes of namespaces cannot be made",
                "use a kernel with CONFIG_SECCOMP_FILTER"),
    ];
}
