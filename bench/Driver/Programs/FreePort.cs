using Thaw.Bench.Wire;
using Thaw.Linux;

namespace Thaw.Bench.Driver.Programs;

/// <summary>A port that nobody listens on, for programs that must be told one.</summary>
internal static class FreePort
{
    internal static int Find()
    {
        _ = Syscalls.close(Tcp.Listen(out var port));
        return port;
    }
}
