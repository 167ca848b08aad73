using System.Globalization;
using Thaw.Linux;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>
/// The name of a group's folder. It says which process made it, so that another one can tell whether that is still there: ids are given
/// away again, but not with the same time of start.
/// </summary>
internal readonly record struct GroupName(int Owner, long OwnerStart, string Name)
{
    /// <summary>Of the running program.</summary>
    public static GroupName Ours(string name) =>
        new(Environment.ProcessId, ProcFile.ReadStartTime(Environment.ProcessId) ?? 0, name);

    public bool IsOurs => this == Ours(Name);

    public bool OwnerIsAlive => ProcFile.ReadStartTime(Owner) == OwnerStart;

    /// <summary>Null when that is no name of ours.</summary>
    public static GroupName? Parse(string folder)
    {
        var parts = folder.Split('-', 3);
        return parts.Length == 3
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var owner)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                ? new GroupName(owner, start, parts[2])
                : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Owner}-{OwnerStart}-{Name}");
}
