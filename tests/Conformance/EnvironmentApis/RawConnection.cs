using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Thaw.ConformanceTests.EnvironmentApis;

/// <summary>A client that sends exactly the bytes it is told to.</summary>
public sealed class RawConnection(Socket socket) : IDisposable
{
    private readonly List<byte> received = [];

    public async Task SendAsync(string text) => await SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes)..];
    }

    /// <summary>Says that nothing more will be sent, and goes on listening.</summary>
    public void EndSending() => socket.Shutdown(SocketShutdown.Send);

    public async Task<HttpAnswer> AnswerAsync()
    {
        int end;
        while ((end = Encoding.Latin1.GetString([.. received]).IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
            await ReceiveAsync();
        var head = Encoding.Latin1.GetString([.. received.Take(end)]).Split("\r\n");
        received.RemoveRange(0, end + 4);

        var headers = head.Skip(1).Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        var length = headers.TryGetValue("Content-Length", out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        while (received.Count < length)
            await ReceiveAsync();
        var body = received.Take(length).ToArray();
        received.RemoveRange(0, length);
        return new HttpAnswer(int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, body);
    }

    /// <summary>Everything until the server closes its end or resets the connection, byte for letter.</summary>
    public async Task<string> AllAsync()
    {
        await ClosedAsync();
        return Encoding.Latin1.GetString([.. received]);
    }

    /// <summary>Returns when the server has closed its end, or reset the connection.</summary>
    public async Task ClosedAsync()
    {
        try
        {
            while (true)
                await ReceiveAsync();
        }
        catch (Exception end) when (end is EndOfStreamException or SocketException)
        {
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        using var patience = new CancellationTokenSource(ApiStage.Patience);
        var count = await socket.ReceiveAsync(buffer, patience.Token);
        if (count == 0)
            throw new EndOfStreamException();
        received.AddRange(buffer.AsSpan(0, count));
    }
}
