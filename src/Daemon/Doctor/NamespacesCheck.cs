using Thaw.Sandboxing;
using Thaw.Sandboxing.Namespaces;

namespace Thaw.Daemon.Doctor;

/// <summary>Whether all namespaces of a sandbox can be made, by making them for a moment.</summary>
/// <param name="isRoot">Others need namespaces of their own first.</param>
/// <param name="whyNotForOthers">Why these are not to be had; null when they are.</param>
public sealed class NamespacesCheck(bool isRoot, Func<NoNamespaces?> whyNotForOthers) : ICheck
{
    private const string Name = "namespaces";

    public IEnumerable<Finding> Look()
    {
        var serious = isRoot ? Verdict.Fail : Verdict.Warn;
        if (HostProgram.Find("unshare") is not { } unshare)
            return [Finding.Missing(Name, serious, "there is no unshare program, which starts sandboxes", "util-linux")];
        return isRoot ? OfRoot(unshare) : OfOthers();
    }

    private IEnumerable<Finding> OfOthers() => whyNotForOthers() is { } missing
        ? [new(Name, Verdict.Warn, $"functions are isolated by processes, and can do what this user can: {missing.Reason}", missing.Fix)]
        : [Finding.Pass(Name, "this user can make user, pid, mount, net, ipc and uts namespaces")];

    private static IEnumerable<Finding> OfRoot(HostProgram unshare)
    {
        try
        {
            var (status, _, error) = unshare.Run(["-Ufpmniu", "--keep-caps", "true"]);
            return
            [
                status == 0
                    ? Finding.Pass(Name, $"user, pid, mount, net, ipc and uts namespaces can be made ({unshare.Path})")
                    : new(Name, Verdict.Fail, $"namespaces cannot be made: {error.Split('\n')[0]}", Fix()),
            ];
        }
        catch (SandboxException failure)
        {
            return [new(Name, Verdict.Fail, failure.Message)];
        }
    }

    private static string Fix() => File.Exists("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
        ? "sysctl -w user.max_user_namespaces=10000 kernel.apparmor_restrict_unprivileged_userns=0"
        : "sysctl -w user.max_user_namespaces=10000; in a container, start that with --privileged";
}
