using System.Globalization;
using Thaw.Linux;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>
/// The name of a group's folder. It says which process made it, so that another one can tell whether that is still there: ids are given
/// away again, but not with the same time of start. Groups may be seen from several namespaces of processes, each with ids of its own, so
/// it says which one is meant.
/// </summary>
internal readonly record struct GroupName(int Owner, long OwnerStart, long Namespace, string Name)
{
    private static readonly long Here = NamespaceOfProcesses();

    /// <summary>Of the running program.</summary>
    public static GroupName Ours(string name) =>
        new(Environment.ProcessId, ProcFile.ReadStartTime(Environment.ProcessId) ?? 0, Here, name);

    public bool IsOurs => this == Ours(Name);

    /// <summary>False when it may be alive in another namespace, where we do not see it.</summary>
    public bool OwnerIsDead => Namespace == Here && ProcFile.ReadStartTime(Owner) != OwnerStart;

    /// <summary>Null when that is no name of ours.</summary>
    public static GroupName? Parse(string folder)
    {
        var parts = folder.Split('-', 4);
        return parts.Length == 4
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var owner)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var where)
                ? new GroupName(owner, start, where, parts[3])
                : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Owner}-{OwnerStart}-{Namespace}-{Name}");

    // The link reads pid:[4026531836].
    private static long NamespaceOfProcesses() =>
        new FileInfo("/proc/self/ns/pid").LinkTarget is { } link
        && long.TryParse(link.AsSpan(link.IndexOf('[') + 1).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;
}
