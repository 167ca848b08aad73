using Thaw.Linux;

namespace Thaw.Sandboxing.Agents;

/// <summary>
/// Tells those processes of a sandbox that died for want of memory from all others that SIGKILL ended: nobody who uses the sandbox
/// sent it, and either the sandbox's bound did or the kernel has meanwhile killed somebody for his memory.
/// </summary>
/// <param name="kernelKills">How many processes the kernel has killed for it so far.</param>
/// <param name="boundHasKilled">Whether the bound killed that process.</param>
internal sealed class MemoryVerdicts(Func<long> kernelKills, Func<int, bool> boundHasKilled)
{
    private readonly Func<long> kernelKills = kernelKills;
    private readonly Func<int, bool> boundHasKilled = boundHasKilled;
    private volatile int clearings;

    /// <summary>Everybody is going to be killed, on purpose.</summary>
    public void Clear() => Interlocked.Increment(ref clearings);

    /// <summary>For a process that is about to be started.</summary>
    public Verdict Open() => new(this, clearings, kernelKills());

    internal sealed class Verdict(MemoryVerdicts all, int clearings, long kernelKills)
    {
        private volatile bool isOurs;

        /// <summary>The process is going to be sent this signal, on purpose.</summary>
        public void Signal(int signal) => isOurs |= signal == Syscalls.SIGKILL;

        public ExitStatus On(int pid, ExitStatus exit) =>
            exit with { OutOfMemory = exit.Signal == Syscalls.SIGKILL && (all.boundHasKilled(pid) || IsKernelsWork()) };

        private bool IsKernelsWork() => !isOurs && clearings == all.clearings && all.kernelKills() > kernelKills;
    }
}
