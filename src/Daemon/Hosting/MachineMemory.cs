namespace Thaw.Daemon.Hosting;

/// <summary>What this machine, or the control group that we live in, has for environments.</summary>
internal static class MachineMemory
{
    /// <summary>The part that is left to everybody else.</summary>
    private const double Spared = 0.1;

    /// <summary>In bytes: nine tenths of all there is. Sizes are configured generously, so most of it is never touched.</summary>
    public static long ForEnvironments() => (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * (1 - Spared));
}
