namespace Thaw.Agent;

/// <summary>A system call that is refused inside of a sandbox.</summary>
/// <param name="X64">Its number there; -1 where it does not exist.</param>
/// <param name="Arm64">The same.</param>
internal readonly record struct RefusedSystemCall(int X64, int Arm64, RefusedWhen When = RefusedWhen.Always, uint Argument = 0);
