using System.Globalization;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>
/// Which group of version 2 the daemon may divide: its own if it can, else the nearest one above that has no processes of its own. It
/// leaves no group behind that limits its memory.
/// </summary>
/// <param name="Folder">Null when there is none.</param>
/// <param name="MovesAside">The daemon is alone there, and must first make room.</param>
/// <param name="Reason">Why there is none.</param>
internal sealed record UnifiedBase(string? Folder, IReadOnlyList<Controller> Controllers, bool MovesAside, string? Reason)
{
    public static UnifiedBase Find(CgroupMount mount, Membership membership, IEnumerable<Controller> wanted)
    {
        var own = membership.FolderIn(mount);
        for (var folder = own; ; folder = Path.GetDirectoryName(folder)!)
        {
            Controller[] offered = [.. ControllerNames.Parse(GroupFile.TryRead(folder, "cgroup.controllers")).Intersect(wanted)];
            if (offered.Length == 0 || IsRoot(folder) || HandsOn(folder, offered) || IsEmpty(folder))
                return new(folder, offered, MovesAside: false, null);
            if (folder == own && HoldsOnlyUs(folder))
                return new(folder, offered, MovesAside: true, null);
            if (LimitsMemory(folder))
                return None($"the daemon's group {folder} has other processes in it, and a memory limit that its sandboxes must not escape");
            if (folder == mount.Folder)
                return None($"the group {folder} has processes in it, so the kernel lets nobody divide it");
        }
    }

    private static UnifiedBase None(string reason) =>
        new(null, [], false, $"{reason}. Start the daemon in a group of its own: systemd-run --scope -p Delegate=yes ./thaw up");

    // The machine's, that is: it has no type, and its processes do not matter.
    private static bool IsRoot(string folder) => !File.Exists(Path.Combine(folder, "cgroup.type"));

    private static bool HandsOn(string folder, Controller[] wanted) =>
        !wanted.Except(ControllerNames.Parse(GroupFile.TryRead(folder, "cgroup.subtree_control"))).Any();

    private static bool IsEmpty(string folder) => ProcessesIn(folder).Length == 0;

    private static bool HoldsOnlyUs(string folder) =>
        ProcessesIn(folder) is [var only] && only == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private static string[] ProcessesIn(string folder) =>
        (GroupFile.TryRead(folder, "cgroup.procs") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static bool LimitsMemory(string folder) => GroupFile.TryRead(folder, "memory.max")?.Trim() is not (null or "max");
}
