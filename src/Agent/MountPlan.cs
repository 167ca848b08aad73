using System.Text;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.Agent;

/// <summary>
/// Puts together the files of the sandbox. The daemon has opened every mount (so it may lie where nobody else can reach) and has made it
/// read-only where it has to be; it was attached nowhere until now.
/// </summary>
internal static unsafe class MountPlan
{
    // Any folder that every machine has and that we need no more: the root stands there until it is the root.
    private const string Scaffold = "/sys";

    /// <summary>On return, only the given mounts and a /proc of the sandbox's own are left.</summary>
    /// <param name="mounts">The root first.</param>
    internal static void Enter(IReadOnlyList<SetupPlan.Mount> mounts)
    {
        // Nothing that is mounted on the machine from now on is to come here.
        LinuxException.ThrowIfFailed(Syscalls.mount("none", "/", "none", Syscalls.MS_REC | Syscalls.MS_PRIVATE, 0), "mount /");
        Attach(mounts[0].Descriptor, Scaffold);
        LinuxException.ThrowIfFailed(Syscalls.fchdir(mounts[0].Descriptor), "fchdir");
        foreach (var mount in mounts.Skip(1))
            Attach(mount.Descriptor, $".{mount.Path}");

        const ulong Flags = Syscalls.MS_RDONLY | Syscalls.MS_NOSUID | Syscalls.MS_NODEV | Syscalls.MS_NOEXEC;
        LinuxException.ThrowIfFailed(Syscalls.mount("proc", "proc", "proc", Flags, 0), "mount /proc");

        // The old root ends up on top of the new one, and goes.
        LinuxException.ThrowIfFailed(Syscalls.pivot_root(".", "."), "pivot_root");
        LinuxException.ThrowIfFailed(Syscalls.umount2(".", Syscalls.MNT_DETACH), "umount2");
        LinuxException.ThrowIfFailed(Syscalls.chdir("/"), "chdir");
    }

    private static void Attach(int mount, string path)
    {
        byte nothing = 0;
        fixed (byte* to = Encoding.UTF8.GetBytes(path + '\0'))
        {
            var moved = Syscalls.move_mount(mount, &nothing, Syscalls.AT_FDCWD, to, Syscalls.MOVE_MOUNT_F_EMPTY_PATH);
            LinuxException.ThrowIfFailed(moved, $"move_mount {path}");
        }
    }
}
