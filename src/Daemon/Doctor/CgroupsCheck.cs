namespace Thaw.Daemon.Doctor;

/// <summary>Which control groups there are, for memory, CPU and processes, and whether they freeze.</summary>
/// <param name="mounts">As /proc/mounts.</param>
/// <param name="whyNotOurs">Why this user can make none, where he may not be allowed to; null when he can.</param>
public sealed class CgroupsCheck(string mounts, Func<string?>? whyNotOurs = null) : ICheck
{
    private static readonly string[] Wanted = ["memory", "cpu", "pids"];

    public IEnumerable<Finding> Look()
    {
        if (whyNotOurs?.Invoke() is { } reason)
        {
            yield return new(
                "cgroups",
                Verdict.Warn,
                $"functions have no limits of memory and processors, and are not frozen: {reason}",
                "systemd-run --user --scope -p Delegate=yes ./thaw up");
            yield break;
        }

        var all = mounts.Split('\n').Select(line => line.Split(' ')).Where(fields => fields.Length > 3).ToList();
        var unified = all.Find(fields => fields[2] == "cgroup2")?[1];
        var second = unified is null ? [] : Words(Path.Combine(unified, "cgroup.controllers"));
        var first = all.Where(fields => fields[2] == "cgroup").SelectMany(fields => fields[3].Split(',')).ToHashSet();
        var found = Wanted.Where(one => second.Contains(one) || first.Contains(one)).ToList();
        var missing = string.Join(", ", Wanted.Except(found));
        var kind = (unified, first.Count) switch { (null, 0) => "none", (null, _) => "v1", (_, 0) => "v2", _ => "v1 and v2 (hybrid)" };
        yield return missing.Length == 0
            ? Finding.Pass("cgroups", $"{kind}, with {string.Join(", ", found)}: a function gets its memory and its share of the CPU")
            : new(
                "cgroups",
                Verdict.Warn,
                $"{kind}, without {missing}: that limit does not hold",
                "boot with cgroup_enable=memory, or mount them: mount -t cgroup2 none /sys/fs/cgroup");
        yield return unified is not null || first.Contains("freezer")
            ? Finding.Pass("freezer", "environments between two invocations use no CPU")
            : new("freezer", Verdict.Warn, "environments run on between two invocations", "mount -t cgroup2 none /sys/fs/cgroup");
    }

    private static string[] Words(string file) => File.Exists(file) ? File.ReadAllText(file).Split((char[])[' ', '\n']) : [];
}
