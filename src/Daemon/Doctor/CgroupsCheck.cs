using Thaw.Sandboxing.Cgroups;

namespace Thaw.Daemon.Doctor;

/// <summary>Which control groups there are, for memory, CPU and processes, and whether they freeze.</summary>
/// <param name="mounts">As /proc/mounts.</param>
/// <param name="ours">What of them this process can have; null for all that there is.</param>
public sealed class CgroupsCheck(string mounts, ControlGroups? ours = null) : ICheck
{
    private static readonly string[] Wanted = ["memory", "cpu", "pids"];

    public IEnumerable<Finding> Look()
    {
        if (ours?.WhyNot is { } reason)
        {
            yield return new(
                "cgroups",
                Verdict.Warn,
                $"functions have no limits of memory and processors, and are not frozen: {reason}",
                ControlGroups.Delegating);
            yield break;
        }

        var all = mounts.Split('\n').Select(line => line.Split(' ')).Where(fields => fields.Length > 3).ToList();
        var unified = all.Find(fields => fields[2] == "cgroup2")?[1];
        var second = unified is null ? [] : Words(Path.Combine(unified, "cgroup.controllers"));
        var first = all.Where(fields => fields[2] == "cgroup").SelectMany(fields => fields[3].Split(',')).ToHashSet();
        var found = Wanted.Where(one => second.Contains(one) || first.Contains(one)).ToList();
        var missing = string.Join(", ", Wanted.Except(found));
        List<MissingController> kept = [.. ours?.Missing.Where(one => found.Contains(NameOf(one))) ?? []];
        var had = string.Join(", ", found.Except(kept.Select(NameOf)));
        var kind = (unified, first.Count) switch { (null, 0) => "none", (null, _) => "v1", (_, 0) => "v2", _ => "v1 and v2 (hybrid)" };
        if (missing.Length > 0)
        {
            yield return new(
                "cgroups",
                Verdict.Warn,
                $"{kind}, without {missing}: that limit does not hold",
                "boot with cgroup_enable=memory, or mount them: mount -t cgroup2 none /sys/fs/cgroup");
        }
        else if (had.Length > 0)
        {
            var means = kept.Count == 0 ? "a function gets its memory and its share of the CPU" : "a function gets no more than its own";
            yield return Finding.Pass("cgroups", $"{kind}, with {had}: {means}");
        }

        foreach (var one in kept)
        {
            var (cause, fix) = one.Reason.Split(": ", 2) is [var why, var how] ? (why, how) : (one.Reason, null);
            yield return new("cgroups", Verdict.Warn, $"{kind}: functions go without a limit of {NameOf(one)}: {cause}", fix);
        }

        yield return unified is not null || first.Contains("freezer")
            ? Finding.Pass("freezer", "environments between two invocations use no CPU")
            : new("freezer", Verdict.Warn, "environments run on between two invocations", "mount -t cgroup2 none /sys/fs/cgroup");
    }

    private static string NameOf(MissingController one) => one.Controller?.ToString().ToLowerInvariant() ?? "";

    private static string[] Words(string file) => File.Exists(file) ? File.ReadAllText(file).Split((char[])[' ', '\n']) : [];
}
