using System.Globalization;

namespace Thaw.Contracts;

/// <summary>How a process ended: with a status, or by a signal.</summary>
/// <param name="OutOfMemory">It was killed because it had outgrown its memory.</param>
public readonly record struct ProcessExit(int Status, int Signal, bool OutOfMemory = false)
{
    /// <summary>The whole sandbox is lost, this process with it.</summary>
    public bool SandboxBroke { get; init; }

    public static ProcessExit WithStatus(int status) => new(status, 0);

    public static ProcessExit BySignal(int signal) => new(0, signal);

    /// <summary>The platform's words, which are Go's: <c>exit status 1</c>, <c>signal: killed</c>; spec 1.7.</summary>
    public override string ToString() => Signal == 0
        ? string.Create(CultureInfo.InvariantCulture, $"exit status {Status}")
        : $"signal: {SignalName(Signal)}";

    private static string SignalName(int signal) => signal switch
    {
        1 => "hangup",
        2 => "interrupt",
        3 => "quit",
        4 => "illegal instruction",
        5 => "trace/breakpoint trap",
        6 => "aborted",
        7 => "bus error",
        8 => "floating point exception",
        9 => "killed",
        10 => "user defined signal 1",
        11 => "segmentation fault",
        12 => "user defined signal 2",
        13 => "broken pipe",
        14 => "alarm clock",
        15 => "terminated",
        _ => string.Create(CultureInfo.InvariantCulture, $"signal {signal}"),
    };
}
