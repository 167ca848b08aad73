namespace Thaw.Daemon.Doctor;

/// <summary>Who runs thaw.</summary>
public sealed class UserCheck(bool isRoot) : ICheck
{
    public IEnumerable<Finding> Look() =>
    [
        isRoot
            ? Finding.Pass("user", "root: each environment can be a small machine of its own")
            : new(
                "user",
                Verdict.Warn,
                "not root: all environments are this user, and have what this user may give them",
                "run thaw as root"),
    ];
}
