using Thaw.Linux;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>
/// While this is held, processes come into groups in a tenth of a millisecond or two. Without it the kernel takes 6 to 15 for the first
/// move: it waits until no processor can still be looking. It does without that, for slightly dearer forks and exits, where a single
/// hierarchy asks for it (<c>favordynmods</c>, since Linux 6.0). So we make one, without controllers, groups or a place in the tree of
/// mounts. It is gone with the last descriptor, however its holder ends; several daemons share it.
/// </summary>
/// <remarks>May be held and let go of by any thread.</remarks>
public sealed class SwiftMoves : IDisposable
{
    private const string Usual = "thaw";

    private readonly FileDescriptor hierarchy;

    private SwiftMoves(FileDescriptor hierarchy) => this.hierarchy = hierarchy;

    /// <summary>Null where there is none to be had: not for root, not from this container, not with this kernel.</summary>
    public static SwiftMoves? TryHold() => TryHold(Usual);

    internal static SwiftMoves? TryHold(string name)
    {
        var context = Syscalls.fsopen("cgroup", Syscalls.FSOPEN_CLOEXEC);
        if (context < 0)
            return null;
        using var opened = new FileDescriptor(context);
        var mount = IsTaken(Syscalls.FSCONFIG_SET_FLAG, "none", null)
            && IsTaken(Syscalls.FSCONFIG_SET_STRING, "name", name)
            && IsTaken(Syscalls.FSCONFIG_SET_FLAG, "favordynmods", null)
            && IsTaken(Syscalls.FSCONFIG_CMD_CREATE, null, null)
                ? Syscalls.fsmount(context, Syscalls.FSMOUNT_CLOEXEC, 0)
                : -1;
        return mount < 0 ? null : new(new(mount));

        bool IsTaken(uint command, string? key, string? value) => Syscalls.fsconfig(context, command, key, value) >= 0;
    }

    public void Dispose() => hierarchy.Dispose();
}
