using Thaw.Linux;

namespace Thaw.Sandboxing.Processes;

/// <summary>
/// Tells those processes of a sandbox that died for want of memory from all others that SIGKILL ended: nobody who uses the sandbox
/// sent it, and either the sandbox's bound did or the kernel has meanwhile killed somebody for his memory.
/// </summary>
internal sealed class MemoryVerdicts(KernelKills kernel, MemoryBound? bound)
{
    private readonly KernelKills kernel = kernel;
    private readonly MemoryBound? bound = bound;
    private volatile int clearings;

    /// <summary>Everybody is going to be killed, on purpose.</summary>
    public void Clear() => Interlocked.Increment(ref clearings);

    /// <summary>For a process that is about to be started.</summary>
    public Verdict Open() => new(this, clearings, kernel.Count());

    internal sealed class Verdict(MemoryVerdicts all, int clearings, long kernelKills)
    {
        private volatile bool isOurs;

        /// <summary>The process is going to be sent this signal, on purpose.</summary>
        public void Signal(int signal) => isOurs |= signal == Syscalls.SIGKILL;

        public ExitStatus On(int pid, ExitStatus exit) =>
            exit with { OutOfMemory = exit.Signal == Syscalls.SIGKILL && (IsBoundsWork(pid) || IsKernelsWork()) };

        private bool IsBoundsWork(int pid) => all.bound?.HasKilled(pid) == true;

        private bool IsKernelsWork() => !isOurs && clearings == all.clearings && all.kernel.Count() > kernelKills;
    }
}
