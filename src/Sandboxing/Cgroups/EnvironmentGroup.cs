using Thaw.Sandboxing.Agents;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>
/// The processes of one sandbox as the kernel sees them: one group in each hierarchy that is needed. They share limits, stop and go on
/// together, and none is left when the group is removed.
/// </summary>
/// <remarks>All members may be called from any thread.</remarks>
public sealed class EnvironmentGroup
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(50);

    private readonly IReadOnlyList<GroupFolder> folders;
    private readonly Freezer? freezer;
    private readonly MemoryAccount? memory;

    internal EnvironmentGroup(string name, IReadOnlyList<GroupFolder> folders, Freezer? freezer)
    {
        (Name, this.folders, this.freezer) = (name, folders, freezer);
        memory = Having(Controller.Memory) is { } folder ? new MemoryAccount(folder.Path, folder.IsUnified) : null;
    }

    public string Name { get; }

    /// <summary>False where the machine has no freezer: then freezing and thawing do nothing.</summary>
    public bool CanFreeze => freezer is not null;

    /// <summary>Counts whom the kernel has killed for want of memory: in this group where it can be told, else anywhere.</summary>
    internal KernelKills KernelKills => memory?.Kills ?? KernelKills.Here;

    /// <summary>Moves a process in, with all its threads. Its children to come will be here too, but not those it has already.</summary>
    /// <remarks>Takes the kernel some milliseconds where there are no <see cref="SwiftMoves"/>.</remarks>
    /// <exception cref="SandboxException">There is no such process, or it may not be moved.</exception>
    public void Add(int pid)
    {
        foreach (var folder in folders)
            folder.Add(pid);
    }

    /// <summary>
    /// Stops everyone; whoever is started inside stands still as well. Completes when all do, or when <see cref="Thaw"/> has been
    /// called meanwhile. Of the two, what was called last holds.
    /// </summary>
    /// <exception cref="SandboxException">The group is gone.</exception>
    public ValueTask FreezeAsync() => freezer?.FreezeAsync() ?? default;

    /// <summary>Lets everyone go on; one system call.</summary>
    /// <exception cref="SandboxException">The group is gone.</exception>
    public void Thaw() => freezer?.Thaw();

    /// <summary>The most memory that was held here at once, in bytes; 0 when the kernel does not count it.</summary>
    public long PeakMemoryBytes() => memory?.PeakBytes() ?? 0;

    /// <summary>Shared segments and files in memory, in bytes, whoever has them; null when the kernel counts no memory here.</summary>
    public long? SharedMemoryBytes() => memory?.SharedBytes();

    /// <summary>How many processes the kernel has killed here for want of memory; 0 when it does not count them.</summary>
    public long OutOfMemoryKills() => memory?.Kills.Count() ?? 0;

    /// <summary>The processes inside, by their ids outside.</summary>
    public IReadOnlyList<int> Processes() => [.. folders.SelectMany(folder => folder.Processes()).Distinct()];

    /// <summary>Kills whoever is left and removes the group. May be called more than once.</summary>
    /// <exception cref="SandboxException">Somebody inside cannot be killed within the limit; the next sweep will try again.</exception>
    public async Task RemoveAsync(TimeSpan limit)
    {
        ThawForGood();
        var pause = FirstPause;
        for (var waited = TimeSpan.Zero; !TryRemove(); waited += pause)
        {
            if (waited > limit)
            {
                throw new SandboxException(
                    $"A process in the group {folders[0].Path} could not be killed within {limit.TotalSeconds:0.#} s.");
            }

            pause = pause < LongestPause ? pause * 2 : pause;
            await Task.Delay(pause).ConfigureAwait(false);
        }
    }

    /// <summary>From now on, they use as much of the processors as there is.</summary>
    internal void LiftCpu() => Having(Controller.Cpu)?.LiftCpu();

    internal void Limit(GroupLimits limits)
    {
        memory?.Limit(limits.MemoryBytes);
        Having(Controller.Cpu)?.LimitCpu(limits.Cpus);
        Having(Controller.Pids)?.LimitProcesses(limits.Processes);
    }

    // What version 1 has frozen does not die.
    private void ThawForGood()
    {
        try
        {
            freezer?.Thaw();
        }
        catch (SandboxException)
        {
            // Gone already.
        }

        freezer?.Dispose();
    }

    private bool TryRemove()
    {
        var left = 0;
        foreach (var folder in folders)
        {
            if (folder.TryRemove())
                continue;
            folder.Kill();
            left += folder.TryRemove() ? 0 : 1;
        }

        return left == 0;
    }

    private GroupFolder? Having(Controller controller) => folders.FirstOrDefault(folder => folder.Controllers.Contains(controller));
}
