using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Processes;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>What is known of the memory of those who live in a sandbox, and of those who died of it.</summary>
internal sealed class Watches
{
    /// <param name="agent">Whose descendants they are.</param>
    internal Watches(Premises premises, int agent)
    {
        Memory = new(agent);
        Bound = premises.Options.MemoryWatch is null ? null : new MemoryBound(agent, Memory.Note);
        Verdicts = new(() => KernelKills(premises), pid => Bound?.HasKilled(pid) == true);
    }

    internal ResidentMemory Memory { get; }

    internal MemoryBound? Bound { get; }

    internal MemoryVerdicts Verdicts { get; }

    // Who dies for want of memory cannot be measured any more, but it had all there was.
    private long KernelKills(Premises premises)
    {
        if (premises.Group is not { } group)
            return premises.Options.KernelKills.Count();
        var kills = group.KernelKills.Count();
        if (kills > 0)
            Memory.Note(premises.MemoryBytes);
        return kills;
    }
}
