using System.Net;
using System.Net.Sockets;

namespace Thaw.Sandboxing.Agents;

/// <summary>The machine's own loopback, for sandboxes that share it.</summary>
internal static class MachineLoopback
{
    /// <summary>At any port that is free.</summary>
    /// <exception cref="SocketException">There is no descriptor left, for example.</exception>
    internal static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            return listener;
        }
        catch
        {
            // To be given back at once: it may be for want of descriptors that it fails.
            listener.Dispose();
            throw;
        }
    }

    /// <exception cref="SocketException">Nobody listens there.</exception>
    internal static async Task<Stream> ConnectAsync(int port, CancellationToken stop)
    {
        // Some bind to the one address of this name, some to the other.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync([IPAddress.Loopback, IPAddress.IPv6Loopback], port, stop).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
