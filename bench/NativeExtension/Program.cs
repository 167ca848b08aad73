using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Thaw.Bench.Wire;
using Thaw.Linux;

// An extension that costs next to nothing. It wants no events; with BENCH_SUBSCRIBER_PORT it subscribes to all telemetry, takes it at
// that port, and answers a GET there with the bytes of it that have come.
var api = Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API")
    ?? throw new InvalidOperationException("there is no AWS_LAMBDA_RUNTIME_API");
var fd = Tcp.Connect(int.Parse(api.AsSpan(api.LastIndexOf(':') + 1), provider: null));
var message = new HttpMessage();
var identifier = Ask("POST /2020-01-01/extension/register", $"Lambda-Extension-Name: {Path.GetFileName(Environment.ProcessPath)}",
    """{"events":[]}""", "Lambda-Extension-Identifier");
var me = $"Lambda-Extension-Identifier: {identifier}";
var listener = -1;
if (Environment.GetEnvironmentVariable("BENCH_SUBSCRIBER_PORT") is { } port)
{
    listener = Tcp.Listen(out _, int.Parse(port, CultureInfo.InvariantCulture));
    Ask("PUT /2022-07-01/telemetry", me, $$$"""
        {"schemaVersion":"2022-12-13","types":["platform","function","extension"],
        "destination":{"protocol":"HTTP","URI":"http://sandbox.localdomain:{{{port}}}/"}}
        """);
}

Tcp.Send(fd, Request("GET /2020-01-01/extension/event/next", me, ""));
if (listener < 0)
    message.ReceiveAll(fd);
else
    Take();

string Ask(string what, string header, string body, string? answerHeader = null)
{
    Tcp.Send(fd, Request(what, header, body));
    if (!message.ReceiveAll(fd) || !message.Head.StartsWith("HTTP/1.1 200 "u8))
        throw new InvalidDataException($"{what} was refused: {message.Text}");
    var value = answerHeader is null ? "" : Encoding.ASCII.GetString(message.Header(Encoding.ASCII.GetBytes(answerHeader)));
    message.Drop();
    return value;
}

byte[] Request(string what, string header, string body) => Encoding.ASCII.GetBytes(
    $"{what} HTTP/1.1\r\nHost: {api}\r\n{header}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");

void Take()
{
    var epoll = new Epoll();
    var connections = new Dictionary<int, HttpMessage>();
    var bytes = 0L;
    epoll.Add(listener);
    while (true)
    {
        var count = epoll.Wait();
        for (var i = 0; i < count; i++)
        {
            if (epoll[i] == listener)
            {
                var accepted = Tcp.Accept(listener);
                connections[accepted] = new HttpMessage();
                epoll.Add(accepted);
            }
            else if (!Serve(epoll[i], connections[epoll[i]]))
            {
                connections.Remove(epoll[i]);
                _ = Syscalls.close(epoll[i]);
            }
        }
    }

    bool Serve(int connection, HttpMessage request)
    {
        if (!request.Receive(connection))
            return false;
        Span<byte> digits = stackalloc byte[20];
        while (request.IsComplete)
        {
            bytes += request.Body.Length;
            var length = 0;
            if (request.Head.StartsWith("GET "u8))
                Utf8Formatter.TryFormat(bytes, digits, out length);
            request.Drop();
            new HttpWriter().Text("HTTP/1.1 200 OK\r\nContent-Length: "u8).Send(connection, digits[..length]);
        }

        return true;
    }
}
