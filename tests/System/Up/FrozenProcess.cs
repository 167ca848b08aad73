using Thaw.Linux;

namespace Thaw.SystemTests.Up;

/// <summary>Whether a process has been stopped by the freezer of its control group, of either version.</summary>
internal static class FrozenProcess
{
    private const string Groups = "/sys/fs/cgroup";

    /// <summary>Whether it cannot end: it is frozen, or somebody below it, for whose end it waits.</summary>
    public static bool Holds(int pid) => Is(pid) || ProcessTree.DescendantsOf(pid).Exists(Is);

    private static bool Is(int pid)
    {
        try
        {
            return File.ReadLines($"/proc/{pid}/cgroup").Any(IsFrozen);
        }
        catch (IOException)
        {
            return false;
        }
    }

    // HIERARCHY:CONTROLLERS:PATH; see cgroups(7).
    private static bool IsFrozen(string membership)
    {
        var fields = membership.Split(':', 3);
        return fields[1] switch
        {
            "freezer" => Says($"{Groups}/freezer{fields[2]}/freezer.state", "FROZEN"),
            "" => Says($"{Groups}{fields[2]}/cgroup.events", "frozen 1") || Says($"{Groups}/unified{fields[2]}/cgroup.events", "frozen 1"),
            _ => false,
        };
    }

    private static bool Says(string file, string word) =>
        File.Exists(file) && File.ReadAllText(file).Contains(word, StringComparison.Ordinal);
}
