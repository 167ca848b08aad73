namespace Thaw.Sandboxing.Cgroups;

/// <summary>What the processes of one sandbox may have together.</summary>
/// <param name="MemoryBytes">Memory of all kinds, what they keep of files included; there is no swap beyond it.</param>
/// <param name="Cpus">Of all processors, in units of one: 0.5 is half of one's time, 2 the whole of two.</param>
/// <param name="Processes">Processes and threads.</param>
public sealed record GroupLimits(long MemoryBytes, double Cpus, int Processes);
