using Thaw.Bench.Wire;
using Thaw.Linux;

namespace Thaw.Bench.Floor;

/// <summary>Sends back what it receives, one connection after the other.</summary>
internal static unsafe class PingPong
{
    internal static void Serve(int listener)
    {
        var buffer = stackalloc byte[64 * 1024];
        while (true)
        {
            var fd = Tcp.Accept(listener);
            for (var count = Receive(); count > 0; count = Receive())
                Tcp.Send(fd, new ReadOnlySpan<byte>(buffer, count));
            _ = Syscalls.close(fd);

            int Receive() => (int)Syscalls.recv(fd, buffer, 64 * 1024, 0);
        }
    }
}
