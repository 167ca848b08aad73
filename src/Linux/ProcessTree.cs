using System.Globalization;

namespace Thaw.Linux;

/// <summary>
/// The descendants of a process. What is read here is already a little old: processes fork and die meanwhile, so who kills by it repeats
/// until nothing is left, and takes the kernel's word (wait's ECHILD) for that, not this list's.
/// </summary>
internal static class ProcessTree
{
    /// <summary>All descendants, parents before their children, zombies included.</summary>
    internal static List<int> DescendantsOf(int pid) => HasChildrenFiles() ? FollowChildren(pid) : FollowParents(pid);

    /// <summary>From the top down by the kernel's own lists of children: costs as much as the tree is large.</summary>
    internal static List<int> FollowChildren(int pid)
    {
        List<int> found = [], threads = [];
        AddChildren(pid);
        for (var i = 0; i < found.Count; i++)
            AddChildren(found[i]);

        return found;

        void AddChildren(int parent)
        {
            threads.Clear();
            ProcFile.ListIds(ProcFile.Path(parent, "task"), threads);
            foreach (var thread in threads)
                ProcFile.ReadIds(string.Create(CultureInfo.InvariantCulture, $"/proc/{parent}/task/{thread}/children"), found);
        }
    }

    /// <summary>From every process's parent, for kernels without CONFIG_PROC_CHILDREN: costs as much as the machine is busy.</summary>
    internal static List<int> FollowParents(int pid)
    {
        List<int> everyone = [], found = [];
        ProcFile.ListIds("/proc", everyone);
        var children = new Dictionary<int, List<int>>();
        foreach (var process in everyone)
        {
            if (ProcFile.ReadStat(process) is { } stat)
            {
                if (!children.TryGetValue(stat.Parent, out var siblings))
                    children[stat.Parent] = siblings = [];

                siblings.Add(process);
            }
        }

        found.AddRange(children.GetValueOrDefault(pid, []));
        for (var i = 0; i < found.Count; i++)
            found.AddRange(children.GetValueOrDefault(found[i], []));

        return found;
    }

    /// <summary>Every process of a session. The kernel does not give the session's id away while one of them lives.</summary>
    internal static List<int> MembersOfSession(int session)
    {
        List<int> everyone = [];
        ProcFile.ListIds("/proc", everyone);
        everyone.RemoveAll(process => ProcFile.ReadStat(process) is not { IsAlive: true } stat || stat.Session != session);
        return everyone;
    }

    private static bool HasChildrenFiles()
    {
        var self = Syscalls.getpid();
        return ProcFile.ReadIds(string.Create(CultureInfo.InvariantCulture, $"/proc/{self}/task/{self}/children"), []);
    }
}
