using System.Runtime.InteropServices;
using Thaw.Linux;

namespace Thaw.Agent;

/// <summary>Gives up all that the root of the namespaces may do, for good.</summary>
internal static unsafe class Privileges
{
    private const int MostCapabilities = 64;

    /// <param name="user">User and group from now on; null to stay who we are.</param>
    internal static void Drop(uint? user)
    {
        for (nuint capability = 0; capability < MostCapabilities; capability++)
        {
            if (Syscalls.prctl(Syscalls.PR_CAPBSET_DROP, capability, 0, 0, 0) < 0)
            {
                if (Marshal.GetLastPInvokeError() != Errno.EINVAL)
                    throw new LinuxException("prctl", Marshal.GetLastPInvokeError());
                break;
            }
        }

        var clear = Syscalls.prctl(Syscalls.PR_CAP_AMBIENT, Syscalls.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        LinuxException.ThrowIfFailed(clear, "prctl");
        if (user is { } id)
            Become(id);

        // They do not go with the user: unshare, where it has begun us, has made them inheritable.
        var header = stackalloc uint[] { Syscalls.LINUX_CAPABILITY_VERSION_3, 0 };
        var none = stackalloc uint[6];
        new Span<uint>(none, 6).Clear();
        LinuxException.ThrowIfFailed(Syscalls.capset(header, none), "capset");
        LinuxException.ThrowIfFailed(Syscalls.prctl(Syscalls.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl");
    }

    private static void Become(uint user)
    {
        LinuxException.ThrowIfFailed(Syscalls.setgroups(0, null), "setgroups");
        LinuxException.ThrowIfFailed(Syscalls.setresgid(user, user, user), "setresgid");
        LinuxException.ThrowIfFailed(Syscalls.setresuid(user, user, user), "setresuid");
    }
}
