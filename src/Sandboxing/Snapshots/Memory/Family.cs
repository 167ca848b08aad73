namespace Thaw.Sandboxing.Snapshots.Memory;

/// <summary>
/// The processes in CRIU's images, and what is one's own. A process has the areas of its parent until it executes a program or frees them,
/// and pages that neither has written since are there once. CRIU brings them back so; we would write them twice.
/// </summary>
internal sealed class Family
{
    private readonly Dictionary<int, List<Area>> areas;
    private readonly Dictionary<int, HashSet<Area>> common;

    internal Family(string images, IReadOnlyList<FrozenProcess> processes)
    {
        Processes = processes;
        areas = processes.ToDictionary(process => process.Id, process => Area.AllOf(images, process.Id));
        common = processes.ToDictionary(process => process.Id, _ => new HashSet<Area>());
        foreach (var process in processes.Where(process => areas.ContainsKey(process.Parent)))
        {
            foreach (var area in areas[process.Id].Intersect(areas[process.Parent]))
            {
                common[process.Id].Add(area);
                common[process.Parent].Add(area);
            }
        }
    }

    internal IReadOnlyList<FrozenProcess> Processes { get; }

    /// <summary>All areas of a process, by address, and whether its pages are its own there.</summary>
    internal IReadOnlyList<(Area Area, bool IsOwn)> AreasOf(FrozenProcess process) =>
        [.. areas[process.Id].Select(area => (area, area.IsPlain && !common[process.Id].Contains(area)))];
}
