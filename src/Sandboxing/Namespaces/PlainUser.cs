using System.Globalization;
using Thaw.Linux;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// A daemon whose user is not root. In a user namespace of its own, which a kernel gives to anybody where its administrator lets it, the
/// daemon may do below itself what root may do on the machine: make mounts and namespaces, and go into them. To the machine it stays who
/// it is.
/// <code>
///   thaw up --execve--&gt; unshare -Um --execve--&gt; thaw up: the same process, with the privileges of its own namespaces
///                                                  +-- sandboxes, as root's daemon makes them
/// </code>
/// </summary>
public static class PlainUser
{
    /// <summary>Whether this process may make mounts and enter namespaces: it is root, or it is in namespaces of its own.</summary>
    public static bool MayMakeSandboxes => OperatingSystem.IsLinux() && HasPrivilege();

    /// <summary>The same, without being root: there is one user for all sandboxes, and what only root makes is not to be had.</summary>
    public static bool IsOwnMaster => MayMakeSandboxes && !Environment.IsPrivilegedProcess;

    /// <summary>Why this user cannot have such namespaces, by making them for a moment; null when he can. Takes some 10 ms.</summary>
    public static NoNamespaces? WhyNot()
    {
        if (!OperatingSystem.IsLinux())
            return new("only Linux has them", null);
        if (HostProgram.Find("unshare") is not { } unshare)
            return new("there is no unshare program, which makes them", "apt-get install util-linux");
        try
        {
            // As the daemon and as a sandbox of its, which needs a /proc of its own.
            string[] sandbox = [unshare.Path, "--map-root-user", "-fpmniu", "--mount-proc", "true"];
            var (status, _, error) = unshare.Run([.. OwnNamespaces(), "--", .. sandbox]);
            return status == 0 ? null : new UserNamespaceSettings("/proc/sys").Explain(error.Split('\n')[0]);
        }
        catch (SandboxException failure)
        {
            return new(failure.Message, null);
        }
    }

    /// <summary>
    /// Begins this program again, in namespaces of its own: the same process with the same arguments. To be called before it has done
    /// anything; it returns only where <see cref="WhyNot"/> has a reason.
    /// </summary>
    public static void EnterOwnNamespaces()
    {
        if (WhyNot() is not null || HostProgram.Find("unshare") is not { } unshare || Environment.ProcessPath is not { } self)
            return;
        var words = File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0');
        Spawn.Become([unshare.Path, .. OwnNamespaces(), "--", self, .. words[1..]]);
    }

    // Everybody is who he was, and mounts of the machine show here as soon as they are made.
    private static string[] OwnNamespaces() =>
    [
        "--user", "--mount", "--propagation", "slave", "--keep-caps",
        string.Create(CultureInfo.InvariantCulture, $"--map-user={Syscalls.geteuid()}"),
        string.Create(CultureInfo.InvariantCulture, $"--map-group={Syscalls.getegid()}"),
    ];

    private static unsafe bool HasPrivilege()
    {
        const uint CAP_SYS_ADMIN = 21;
        var header = stackalloc uint[] { Syscalls.LINUX_CAPABILITY_VERSION_3, 0 };
        var sets = stackalloc uint[6];
        return Syscalls.capget(header, sets) == 0 && (sets[0] & (1u << (int)CAP_SYS_ADMIN)) != 0;
    }
}
