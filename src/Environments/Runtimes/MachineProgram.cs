namespace Thaw.Environments.Runtimes;

/// <summary>A language's program on this machine: the real executable, and the version it gave of itself.</summary>
public sealed record MachineProgram(string Path, Version Version);
