namespace Thaw.Sandboxing;

/// <summary>How a process ended: with a status from 0 to 255, or by a signal (then not 0), which is a Linux number.</summary>
public readonly record struct ExitStatus(int Status, int Signal);
