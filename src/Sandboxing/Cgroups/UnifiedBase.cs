using System.Globalization;
using Thaw.Linux;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>
/// Which group of version 2 the daemon may divide: its own if it can, else the nearest one above that has no processes of its own. Where
/// that does not get all controllers, as a session of systemd's does not, it is the nearest one above that gets more. No group that
/// limits the daemon's memory or processors is left behind.
/// </summary>
/// <param name="Folder">Null when there is none.</param>
/// <param name="MovesAside">The daemon is alone there, and must first make room.</param>
/// <param name="Reason">Why there is none.</param>
internal sealed record UnifiedBase(string? Folder, IReadOnlyList<Controller> Controllers, bool MovesAside, string? Reason)
{
    public static UnifiedBase Find(CgroupMount mount, Membership membership, IReadOnlyCollection<Controller> wanted)
    {
        var own = membership.FolderIn(mount);
        var most = OfferedBy(mount.Folder, wanted).Length;
        UnifiedBase? best = null;
        for (var folder = own; ; folder = Path.GetDirectoryName(folder)!)
        {
            var offered = OfferedBy(folder, wanted);
            if (offered.Length > (best?.Controllers.Count ?? -1) && (best is null || IsOurs(folder)))
                best = Divided(folder, offered, own) ?? best;
            if (best?.Controllers.Count >= most)
                return best;
            if (LimitsMemory(folder) || (best is not null && IsLimited(folder)))
                return best ?? None($"the daemon's group {folder} has others in it, and a memory limit that no sandbox may escape");
            if (folder == mount.Folder)
                return best ?? None($"the group {folder} has processes in it, so the kernel lets nobody divide it");
        }
    }

    private static Controller[] OfferedBy(string folder, IReadOnlyCollection<Controller> wanted) =>
        [.. ControllerNames.Parse(GroupFile.TryRead(folder, "cgroup.controllers")).Intersect(wanted)];

    private static UnifiedBase? Divided(string folder, Controller[] offered, string own) =>
        offered.Length == 0 || IsRoot(folder) || HandsOn(folder, offered) || IsEmpty(folder) ? new(folder, offered, MovesAside: false, null)
        : folder == own && HoldsOnlyUs(folder) ? new(folder, offered, MovesAside: true, null)
        : null;

    private static UnifiedBase None(string reason) =>
        new(null, [], false, $"{reason}. Start the daemon in a group of its own: {ControlGroups.Delegating}");

    // The machine's, that is: it has no type, and its processes do not matter.
    private static bool IsRoot(string folder) => !File.Exists(Path.Combine(folder, "cgroup.type"));

    private static bool IsOurs(string folder) => Syscalls.access(folder, Syscalls.W_OK) == 0;

    private static bool HandsOn(string folder, Controller[] wanted) =>
        !wanted.Except(ControllerNames.Parse(GroupFile.TryRead(folder, "cgroup.subtree_control"))).Any();

    private static bool IsEmpty(string folder) => ProcessesIn(folder).Length == 0;

    private static bool HoldsOnlyUs(string folder) =>
        ProcessesIn(folder) is [var only] && only == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private static string[] ProcessesIn(string folder) =>
        (GroupFile.TryRead(folder, "cgroup.procs") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    // Not pids.max: systemd gives one to every service, and every sandbox has a lower one.
    private static bool IsLimited(string folder) => GroupFile.TryRead(folder, "memory.high")?.Trim() is not (null or "max")
        || GroupFile.TryRead(folder, "cpu.max")?.StartsWith("max", StringComparison.Ordinal) == false
        || GroupFile.TryRead(folder, "cpuset.cpus")?.Trim() is { Length: > 0 };

    private static bool LimitsMemory(string folder) => GroupFile.TryRead(folder, "memory.max")?.Trim() is not (null or "max");
}
