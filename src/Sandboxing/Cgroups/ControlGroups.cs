using System.Globalization;
using Thaw.Linux;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>
/// What this machine has to limit and to freeze groups of processes with.
/// <code>
///   version 2              one hierarchy with all controllers; the normal case
///   version 1              a hierarchy for each controller, the freezer is one of them
///   hybrid                 controllers in hierarchies of version 1; version 2 has none, but freezes and kills
/// </code>
/// Groups carry their owner's process id, so daemons side by side leave each other's alone.
/// </summary>
public sealed class ControlGroups
{
    private static readonly TimeSpan SweepLimit = TimeSpan.FromSeconds(5);

    private static int count;

    private readonly IReadOnlyList<Hierarchy> hierarchies;

    // Several may live in one program, as in tests: none takes the groups of another for its own.
    private readonly string prefix = string.Create(CultureInfo.InvariantCulture, $"{Interlocked.Increment(ref count)}.");

    private ControlGroups(IReadOnlyList<Hierarchy> hierarchies, IReadOnlyList<MissingController> missing, string? whyNot) =>
        (this.hierarchies, Missing, WhyNot) = (hierarchies, missing, whyNot);

    /// <summary>What starts a daemon with all controllers, where systemd hands them out.</summary>
    public static string Delegating { get; } =
        $"systemd-run {(Environment.IsPrivilegedProcess ? "" : "--user ")}--scope -p Delegate=yes ./thaw up";

    /// <summary>Null when groups can be made here; else why not, and what mends it, for a person.</summary>
    public string? WhyNot { get; }

    /// <summary>What groups that are made here go without.</summary>
    public IReadOnlyList<MissingController> Missing { get; }

    /// <summary>What a group's processes hold has an end.</summary>
    public bool LimitsMemory => WhyNot is null && !Missing.Any(one => one.Controller == Controller.Memory);

    public bool CanFreeze => hierarchies.Any(hierarchy => hierarchy is UnifiedHierarchy or LegacyHierarchy { IsFreezer: true });

    internal IReadOnlyList<Hierarchy> Hierarchies => hierarchies;

    /// <summary>Looks, and changes nothing.</summary>
    public static ControlGroups Find()
    {
        try
        {
            return In(File.ReadAllText("/proc/self/mountinfo"), File.ReadAllText("/proc/self/cgroup"));
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return new([], [], "This kernel has no control groups.");
        }
    }

    /// <summary>A new group, empty. Takes some milliseconds.</summary>
    /// <param name="name">Of this program's groups, the only one of that name; letters, digits, '-', '_' and '.'.</param>
    /// <exception cref="SandboxException">The kernel does not make it.</exception>
    public EnvironmentGroup Create(string name, GroupLimits limits)
    {
        if (WhyNot is not null)
            throw new SandboxException(WhyNot);

        var full = GroupName.Ours(prefix + name);
        var made = new List<GroupFolder>();
        Freezer? freezer = null;
        try
        {
            foreach (var hierarchy in hierarchies)
                made.Add(new GroupFolder(hierarchy.Make(full), hierarchy.IsUnified, hierarchy.Controllers));
            freezer = FreezerOf(made);
            var group = new EnvironmentGroup(name, made, freezer);
            group.Limit(limits);
            return group;
        }
        catch
        {
            freezer?.Dispose();
            made.ForEach(folder => folder.TryRemove());
            throw;
        }
    }

    /// <summary>Kills and removes what dead daemons have left, wherever they were. Returns how many groups that were.</summary>
    /// <exception cref="SandboxException">Somebody in there cannot be killed.</exception>
    public async Task<int> SweepAsync()
    {
        var abandoned = hierarchies.Select(hierarchy => hierarchy.Abandoned()).ToList();
        var names = abandoned.SelectMany(each => each.Keys).Distinct().ToList();
        foreach (var name in names)
        {
            await RemoveAsync(name, (hierarchy, i) => abandoned[i].GetValueOrDefault(name) ?? hierarchy.FolderOf(name))
                .ConfigureAwait(false);
        }

        for (var i = 0; i < hierarchies.Count; i++)
        {
            foreach (var folder in abandoned[i].Values)
                hierarchies[i].TidyParent(folder);
        }

        return names.Count;
    }

    /// <summary>Removes all groups that were made here, and the last trace of them if no other daemon has any.</summary>
    /// <exception cref="SandboxException">Somebody in there cannot be killed.</exception>
    public async Task CloseAsync()
    {
        var names = hierarchies.SelectMany(hierarchy => hierarchy.Groups()).Distinct()
            .Where(name => name.IsOurs && name.Name.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        foreach (var name in names)
            await RemoveAsync(name, (hierarchy, _) => hierarchy.FolderOf(name)).ConfigureAwait(false);
        foreach (var hierarchy in hierarchies)
            hierarchy.Close();
    }

    /// <summary>The same, by what the two files of /proc/self say.</summary>
    internal static ControlGroups In(string mountInfo, string ownGroups)
    {
        var mounts = CgroupMount.Parse(mountInfo);
        if (mounts.Count == 0)
            return new([], [], "No control groups are mounted: mount -t cgroup2 none /sys/fs/cgroup");

        var membership = new Membership(ownGroups);
        var missing = new List<MissingController>();
        var hierarchies = Legacy(mounts, membership, missing);
        if (mounts.FirstOrDefault(mount => mount.IsUnified) is { } unified)
            AddUnified(unified, membership, hierarchies, missing);

        // Where version 2 is there it freezes, and nobody must be in two freezers.
        if (hierarchies.Exists(hierarchy => hierarchy.IsUnified))
            hierarchies.RemoveAll(hierarchy => hierarchy is LegacyHierarchy { IsFreezer: true, Controllers.Count: 0 });
        else if (!hierarchies.Exists(hierarchy => hierarchy is LegacyHierarchy { IsFreezer: true }))
            missing.Add(new(null, "Nothing can be frozen: mount -t cgroup2 none /sys/fs/cgroup/unified"));

        var shown = ControllerNames.All.Except(missing.Select(one => one.Controller).OfType<Controller>());
        foreach (var controller in shown.Except(hierarchies.SelectMany(hierarchy => hierarchy.Controllers)))
            missing.Add(new(controller, WhyMissing(controller, mounts)));
        var whyNot = hierarchies.Count > 0 ? null : string.Join(' ', missing.Select(one => one.Reason).Distinct());
        return new(hierarchies, missing, whyNot);
    }

    private static List<Hierarchy> Legacy(IReadOnlyList<CgroupMount> mounts, Membership membership, List<MissingController> missing)
    {
        var found = new List<Hierarchy>();
        foreach (var mount in mounts.Where(mount => !mount.IsUnified))
        {
            Controller[] controllers =

                [
                    .. ControllerNames.All.Where(one =>
                        mount.Options.Contains(one.Name()) && !found.Exists(its => its.Controllers.Contains(one))),
                ];
            var isFreezer = mount.Options.Contains("freezer");
            if (controllers.Length == 0 && !isFreezer)
                continue;

            var folder = membership.FolderIn(mount);
            if (WhyNotIn(folder, mount) is { } reason)
                missing.AddRange(controllers.Select(controller => new MissingController(controller, reason)));
            else
                found.Add(new LegacyHierarchy(mount.Folder, folder, controllers, isFreezer));
        }

        return found;
    }

    private static void AddUnified(CgroupMount mount, Membership membership, List<Hierarchy> hierarchies, List<MissingController> missing)
    {
        var wanted = ControllerNames.All.Except(hierarchies.SelectMany(hierarchy => hierarchy.Controllers)).ToList();
        var place = UnifiedBase.Find(mount, membership, wanted);
        var reason = place.Folder is null ? $"Groups cannot be made here: {place.Reason}." : WhyNotIn(place.Folder, mount);
        if (reason is null)
            hierarchies.Add(new UnifiedHierarchy(mount.Folder, place.Folder!, place.Controllers, place.MovesAside));
        else
            missing.AddRange(wanted.Select(controller => new MissingController(controller, reason)));
    }

    private static string? WhyNotIn(string folder, CgroupMount mount) =>
        mount.IsReadOnly ? $"{mount.Folder} is mounted read-only: in a container, start that with its own writable groups (--privileged)."
        : !Directory.Exists(folder) ? $"The daemon's group {folder} is not shown here: in a container, use --cgroupns=private."
        : Syscalls.access(folder, Syscalls.W_OK) != 0 ? $"Groups in {folder} are not ours to make: run as root, or have it delegated."
        : null;

    private static string WhyMissing(Controller controller, IReadOnlyList<CgroupMount> mounts)
    {
        var name = controller.Name();
        var unified = mounts.FirstOrDefault(mount => mount.IsUnified);
        if (unified is null || mounts.Any(mount => !mount.IsUnified))
            return $"The controller {name} is not mounted: mount -t cgroup -o {name} none /sys/fs/cgroup/{name}";
        return ControllerNames.Parse(GroupFile.TryRead(unified.Folder, "cgroup.controllers")).Contains(controller)
            ? $"The controller {name} does not reach the daemon's group: {Delegating}"
            : $"The kernel has no controller {name}: see cgroup_disable in /proc/cmdline.";
    }

    private Freezer? FreezerOf(List<GroupFolder> made)
    {
        if (made.Find(folder => folder.IsUnified) is { } unified && UnifiedFreezer.IsIn(unified.Path))
            return new UnifiedFreezer(unified.Path);
        for (var i = 0; i < made.Count; i++)
        {
            if (hierarchies[i] is LegacyHierarchy { IsFreezer: true })
                return new LegacyFreezer(made[i].Path);
        }

        return null;
    }

    private Task RemoveAsync(GroupName name, Func<Hierarchy, int, string> folderIn)
    {
        List<GroupFolder> folders =
            [.. hierarchies.Select((each, i) => new GroupFolder(folderIn(each, i), each.IsUnified, each.Controllers))];
        return new EnvironmentGroup(name.Name, folders, FreezerIn(folders)).RemoveAsync(SweepLimit);
    }

    private Freezer? FreezerIn(List<GroupFolder> folders)
    {
        try
        {
            return FreezerOf(folders);
        }
        catch (SandboxException)
        {
            // It went while we looked.
            return null;
        }
    }
}
