using System.Globalization;

namespace Thaw.Sandboxing.Agents;

/// <summary>How many processes the kernel has killed for want of memory; see cgroups(7), <c>memory.events</c>, and proc(5).</summary>
/// <param name="path">A file with a line <c>oom_kill N</c>.</param>
internal sealed class KernelKills(string path)
{
    private const string Key = "oom_kill ";

    /// <summary>Those of our own cgroup where there is one, else those of the whole machine.</summary>
    public static KernelKills Here { get; } = new(OwnGroupsEvents() is { } events && File.Exists(events) ? events : "/proc/vmstat");

    /// <summary>0 when the kernel does not count them.</summary>
    public long Count()
    {
        try
        {
            var line = File.ReadLines(path).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
            return long.TryParse(line?[Key.Length..], CultureInfo.InvariantCulture, out var count) ? count : 0;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static string? OwnGroupsEvents()
    {
        const string Unified = "0::/";
        try
        {
            var group = File.ReadLines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith(Unified, StringComparison.Ordinal));
            return group is null ? null : Path.Combine("/sys/fs/cgroup", group[Unified.Length..], "memory.events");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
