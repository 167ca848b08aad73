using Thaw.Linux;

namespace Thaw.Sandboxing.Processes;

/// <summary>How much memory the descendants of one process may hold, and who of them was killed for holding more.</summary>
/// <param name="measured">Hears what they hold together, in bytes, each time that it is looked at.</param>
internal sealed class MemoryBound(int ancestor, Action<long> measured)
{
    /// <summary>Of those killed, the last ones: who is killed is reaped soon.</summary>
    private const int RememberedKills = 64;

    private readonly Lock gate = new();
    private readonly Queue<int> killed = [];

    /// <summary>Together.</summary>
    public long MaxBytes { get; set; } = long.MaxValue;

    public bool HasKilled(int pid)
    {
        lock (gate)
            return killed.Contains(pid);
    }

    public void Enforce()
    {
        var (sum, largest, most) = (0L, 0, 0L);
        foreach (var pid in ProcessTree.DescendantsOf(ancestor))
        {
            var held = ProcFile.ReadAnonymousMemory(pid);
            sum += held;
            if (held > most)
                (largest, most) = (pid, held);
        }

        measured(sum);
        if (sum > MaxBytes)
            Kill(largest);
    }

    private void Kill(int pid)
    {
        // First noted, then done: its exit may be told at once, and by the name that its agent knows it by.
        var known = ProcFile.ReadOwnId(pid);
        lock (gate)
        {
            if (!killed.Contains(known))
                killed.Enqueue(known);
            if (killed.Count > RememberedKills)
                killed.Dequeue();
        }

        _ = Syscalls.kill(pid, Syscalls.SIGKILL);
    }
}
