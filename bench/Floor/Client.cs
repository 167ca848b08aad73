using Thaw.Bench.Wire;

namespace Thaw.Bench.Floor;

/// <summary>A connection to the front.</summary>
internal sealed class Client(int fd)
{
    internal int Fd { get; } = fd;

    internal HttpMessage Request { get; } = new();
}
