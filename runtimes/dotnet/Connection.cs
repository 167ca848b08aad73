using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Thaw.DotnetRuntime;

/// <summary>One HTTP/1.1 connection, kept alive, one request at a time. <c>HttpClient</c> takes far longer to its first answer.</summary>
internal sealed class Connection(string authority, TimeSpan patience = default) : IDisposable
{
    private readonly byte[] buffer = new byte[64 * 1024];

    private Socket? socket;
    private int from, to;

    public Answer Request(string method, string path, (string Name, string Value)[]? headers = null, ReadOnlyMemory<byte>? body = null)
    {
        var head = Head(method, path, headers ?? [], body);
        var reused = socket is not null;
        try
        {
            return Exchange(head, body ?? default);
        }
        catch (Exception failure) when (failure is SocketException or EndOfStreamException && reused && to == 0)
        {
            // The peer may close an idle connection just when it is used again; nothing was answered, so asking again is safe.
            Close();
            return Exchange(head, body ?? default);
        }
    }

    public void Dispose() => Close();

    private Answer Exchange(byte[] head, ReadOnlyMemory<byte> body)
    {
        socket ??= Connect();
        (from, to) = (0, 0);
        Send(head);
        Send(body);
        var (status, headers) = ReadHead();
        while (status < 200)
            (status, headers) = ReadHead();
        var answer = new Answer(status, headers, ReadBody(status, headers));
        if (headers.GetValueOrDefault("connection") is { } word && word.Equals("close", StringComparison.OrdinalIgnoreCase))
            Close();
        return answer;
    }

    private Socket Connect()
    {
        var colon = authority.LastIndexOf(':');
        var connected = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (patience > TimeSpan.Zero)
            connected.SendTimeout = connected.ReceiveTimeout = (int)patience.TotalMilliseconds;
        connected.Connect(authority[..colon], int.Parse(authority.AsSpan(colon + 1), CultureInfo.InvariantCulture));
        return connected;
    }

    private byte[] Head(string method, string path, (string Name, string Value)[] headers, ReadOnlyMemory<byte>? body)
    {
        var text = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: thaw-dotnet\r\n");
        foreach (var (name, value) in headers)
            text.Append(name).Append(": ").Append(Printable(value)).Append("\r\n");
        if (body is { } content)
            text.Append("Content-Length: ").Append(content.Length).Append("\r\n");
        return Encoding.ASCII.GetBytes(text.Append("\r\n").ToString());
    }

    // The name of an error is the customer's text; no line break of it may become a header of ours.
    private static string Printable(string value) =>
        string.Create(value.Length, value, (letters, text) =>
        {
            for (var at = 0; at < letters.Length; at++)
                letters[at] = text[at] is >= ' ' and <= '~' ? text[at] : '?';
        });

    private void Send(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[socket!.Send(bytes.Span)..];
    }

    private (int Status, Dictionary<string, string> Headers) ReadHead()
    {
        var status = int.Parse(ReadLine().Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>();
        while (ReadLine() is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }

        return (status, headers);
    }

    private byte[] ReadBody(int status, Dictionary<string, string> headers)
    {
        if (headers.GetValueOrDefault("transfer-encoding") is { } coding && coding.Equals("chunked", StringComparison.OrdinalIgnoreCase))
            return ReadChunks();
        if (headers.GetValueOrDefault("content-length") is { } length)
            return Read(int.Parse(length, CultureInfo.InvariantCulture));
        return status == 204 ? [] : throw new RuntimeApiException("an answer came without its length");
    }

    private byte[] ReadChunks()
    {
        using var body = new MemoryStream();
        while (int.Parse(ReadLine().Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var count and > 0)
        {
            body.Write(Read(count));
            ReadLine();
        }

        while (ReadLine().Length > 0)
        {
            // Trailers say nothing that a runtime needs.
        }

        return body.ToArray();
    }

    private string ReadLine()
    {
        var line = new List<byte>();
        while (true)
        {
            if (from == to)
                Receive();
            var end = buffer.AsSpan(from, to - from).IndexOf((byte)'\n');
            line.AddRange(buffer.AsSpan(from, (end < 0 ? to - from : end + 1)));
            from = end < 0 ? to : from + end + 1;
            if (end >= 0)
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r', '\n');
        }
    }

    private byte[] Read(int count)
    {
        var bytes = new byte[count];
        var held = Math.Min(count, to - from);
        buffer.AsSpan(from, held).CopyTo(bytes);
        from += held;
        while (held < count)
        {
            var received = socket!.Receive(bytes.AsSpan(held));
            held += received > 0 ? received : throw new EndOfStreamException("the platform closed the connection");
        }

        return bytes;
    }

    private void Receive()
    {
        var received = socket!.Receive(buffer);
        (from, to) = (0, received > 0 ? received : throw new EndOfStreamException("the platform closed the connection"));
    }

    private void Close()
    {
        socket?.Dispose();
        socket = null;
    }
}
