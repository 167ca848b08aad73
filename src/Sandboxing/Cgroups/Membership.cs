namespace Thaw.Sandboxing.Cgroups;

/// <summary>The groups that a process is in, one in each hierarchy; see /proc/PID/cgroup in cgroups(7).</summary>
internal sealed class Membership(string text)
{
    private readonly string[] lines = text.Split('\n');

    /// <summary>The folder of the group as that mount shows it; the mount's own where the group lies outside of what it shows.</summary>
    public string FolderIn(CgroupMount mount)
    {
        var group = GroupIn(mount);
        if (mount.Root != "/")
            group = (group + "/").StartsWith(mount.Root + "/", StringComparison.Ordinal) ? group[mount.Root.Length..] : "/";
        var isOutside = group.StartsWith("/..", StringComparison.Ordinal) || group.Trim('/').Length == 0;
        return isOutside ? mount.Folder : Path.Combine(mount.Folder, group.Trim('/'));
    }

    // NUMBER:CONTROLLERS:GROUP, and in version 2 0::GROUP
    private string GroupIn(CgroupMount mount)
    {
        foreach (var line in lines)
        {
            var parts = line.Split(':', 3);
            if (parts.Length < 3)
                continue;
            var controllers = parts[1].Split(',');
            if (mount.IsUnified ? parts is ["0", "", _] : parts[1].Length > 0 && controllers.All(mount.Options.Contains))
                return parts[2];
        }

        return "/";
    }
}
