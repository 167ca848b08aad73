using Thaw.Sandboxing;

namespace Thaw.Daemon.Doctor;

/// <summary>Whether all namespaces of a sandbox can be made, by making them for a moment.</summary>
public sealed class NamespacesCheck(bool isRoot) : ICheck
{
    private const string Name = "namespaces";

    public IEnumerable<Finding> Look()
    {
        var serious = isRoot ? Verdict.Fail : Verdict.Warn;
        if (HostProgram.Find("unshare") is not { } unshare)
            return [Finding.Missing(Name, serious, "there is no unshare program, which starts sandboxes", "util-linux")];
        try
        {
            var (status, _, error) = unshare.Run(["-Ufpmniu", "--keep-caps", "true"]);
            return
            [
                status == 0
                    ? Finding.Pass(Name, $"user, pid, mount, net, ipc and uts namespaces can be made ({unshare.Path})")
                    : new(Name, serious, $"namespaces cannot be made: {error.Split('\n')[0]}", Fix()),
            ];
        }
        catch (SandboxException failure)
        {
            return [new(Name, serious, failure.Message)];
        }
    }

    private static string Fix() => File.Exists("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
        ? "sysctl -w user.max_user_namespaces=10000 kernel.apparmor_restrict_unprivileged_userns=0"
        : "sysctl -w user.max_user_namespaces=10000; in a container, start that with --privileged";
}
