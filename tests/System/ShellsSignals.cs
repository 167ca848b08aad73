using System.Runtime.CompilerServices;
using Thaw.Linux;

namespace Thaw.SystemTests;

/// <summary>
/// A shell that starts its jobs in the background has them ignore SIGINT, and whatever they start inherits that: programs that are to be
/// stopped by it here would not be.
/// </summary>
internal static class ShellsSignals
{
    private const nint SIG_DFL = 0;

    [ModuleInitializer]
    internal static void Forget() => Syscalls.signal(Syscalls.SIGINT, SIG_DFL);
}
