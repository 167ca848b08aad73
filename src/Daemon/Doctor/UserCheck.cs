namespace Thaw.Daemon.Doctor;

/// <summary>Who runs thaw.</summary>
public sealed class UserCheck(bool isRoot) : ICheck
{
    public IEnumerable<Finding> Look() =>
    [
        isRoot
            ? Finding.Pass("user", "root: each environment can be a small machine of its own")
            : new("user", Verdict.Warn, "not root: functions are isolated by processes, and can do what this user can", "run thaw as root"),
    ];
}
