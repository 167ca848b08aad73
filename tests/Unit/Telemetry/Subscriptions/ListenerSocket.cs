using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Thaw.UnitTests.Telemetry.Subscriptions;

/// <summary>A subscriber's end of a connection, byte by byte.</summary>
internal sealed class ListenerSocket : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public ListenerSocket() => listener.Start();

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Connections { get; private set; }

    public async ValueTask<Stream> ConnectAsync(int port, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, stop);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async Task<NetworkStream> AcceptAsync()
    {
        var accepted = await listener.AcceptSocketAsync();
        Connections++;
        return new NetworkStream(accepted, ownsSocket: true);
    }

    /// <summary>Reads until a text has come, and gives all that came.</summary>
    public static async Task<string> ReadUntilAsync(NetworkStream from, string end)
    {
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            var read = await from.ReadAsync(buffer);
            if (read == 0)
                break;
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    public static Task WriteAsync(NetworkStream to, string text) => to.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();

    public void Dispose() => listener.Dispose();
}
