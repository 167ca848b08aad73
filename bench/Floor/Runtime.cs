using Thaw.Bench.Wire;

namespace Thaw.Bench.Floor;

/// <summary>A runtime's connection: an environment.</summary>
internal sealed class Runtime(int fd)
{
    internal int Fd { get; } = fd;

    internal HttpMessage Request { get; } = new();

    /// <summary>Whose invocation it works on; null between the invocations.</summary>
    internal Client? Client { get; set; }

    /// <summary>Of the invocation; the last of them is not forgotten.</summary>
    internal byte[] RequestId { get; } = "00000000-0000-4000-8000-000000000000"u8.ToArray();
}
