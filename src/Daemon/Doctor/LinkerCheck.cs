using Thaw.Sandboxing;

namespace Thaw.Daemon.Doctor;

/// <summary>Whether ./thaw can compile thaw ahead of time.</summary>
public sealed class LinkerCheck : ICheck
{
    public IEnumerable<Finding> Look() =>
    [
        (HostProgram.Find("gcc") ?? HostProgram.Find("clang")) is { } linker
            ? Finding.Pass("C linker", $"{linker.Path}: ./thaw compiles ahead of time")
            : Finding.Missing("C linker", Verdict.Warn, "none: ./thaw builds for the .NET runtime and starts slower", "gcc", "libc6-dev"),
    ];
}
