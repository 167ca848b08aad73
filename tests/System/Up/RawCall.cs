using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Thaw.SystemTests.Up;

/// <summary>Bytes to the public port as no decent client would send them.</summary>
internal static class RawCall
{
    /// <summary>Sends a text as it stands, with HTTP's line ends; it should ask to close. Returns all that comes back.</summary>
    public static async Task<string> SendAsync(RunningDaemon daemon, string text)
    {
        using var socket = await ConnectAsync(daemon);
        await socket.SendAsync(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")));
        return await ReadAsync(socket);
    }

    /// <summary>One call whose path nobody tidies up on the way.</summary>
    public static async Task<Answer> AnswerAsync(RunningDaemon daemon, string requestLine, string body)
    {
        var text = await SendAsync(
            daemon, $"{requestLine}\nHost: here\nConnection: close\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\n\n{body}");
        var parts = text.Split("\r\n\r\n", 2);
        Assert.True(parts.Length == 2, $"no answer to {requestLine}: {text}");
        var lines = parts[0].Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(
            header => header[0], header => header[1], StringComparer.OrdinalIgnoreCase);
        return new(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, Encoding.UTF8.GetBytes(parts[1]));
    }

    public static async Task<Socket> ConnectAsync(RunningDaemon daemon)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, daemon.Address.Port));
        return socket;
    }

    /// <summary>All until the other side closes, however it does.</summary>
    public static async Task<string> ReadAsync(Socket socket)
    {
        var whole = new MemoryStream();
        var buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer).WaitAsync(RunningDaemon.Patience) is var count and > 0)
                whole.Write(buffer, 0, count);
        }
        catch (SocketException)
        {
            // Reset: what came before it counts.
        }

        return Encoding.UTF8.GetString(whole.ToArray());
    }
}
