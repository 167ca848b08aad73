using System.Buffers.Text;
using System.Text;
using Thaw.Bench.NativeRuntime;
using Thaw.Bench.Wire;

// The `bootstrap` of a provided.al2023 function that costs next to nothing: what remains of an invoke is the platform's share.
// It answers each event with the same bytes. An event that begins with {"hold":N keeps its environment busy for N ms first, so that
// a benchmark can have as many environments as it has clients; one that begins with {"lines":N makes it write that many lines, and
// one that begins with {"note":" and a name makes it add the name to the file BENCH_NOTES.
var address = Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API")
    ?? throw new InvalidOperationException("there is no AWS_LAMBDA_RUNTIME_API");
var fd = Tcp.Connect(int.Parse(address.AsSpan(address.LastIndexOf(':') + 1), provider: null));
var host = Encoding.ASCII.GetBytes(address);
byte[] next = [.. "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: "u8, .. host, .. "\r\n\r\n"u8];
var hold = "{\"hold\":"u8;
var lines = "{\"lines\":"u8;
var note = "{\"note\":\""u8;
var message = new HttpMessage();
var answer = new HttpWriter();

while (true)
{
    Tcp.Send(fd, next);
    if (!message.ReceiveAll(fd))
        return;
    var id = message.Header("Lambda-Runtime-Aws-Request-Id"u8);
    var attempt = message.Header("Lambda-Runtime-Invocation-Id"u8);
    if (id.IsEmpty)
        throw new InvalidDataException($"next brought no request id: {message.Text}");
    if (message.Body.StartsWith(hold) && Utf8Parser.TryParse(message.Body[hold.Length..], out int milliseconds, out _))
        Thread.Sleep(milliseconds);
    else if (message.Body.StartsWith(lines) && Utf8Parser.TryParse(message.Body[lines.Length..], out int count, out _))
        LineWriter.Write(count);
    else if (message.Body.StartsWith(note))
        NoteWriter.Write(message.Body[note.Length..]);

    answer.Text("POST /2018-06-01/runtime/invocation/"u8).Text(id).Text("/response HTTP/1.1\r\nHost: "u8).Text(host);
    if (!attempt.IsEmpty)
        answer.Text("\r\nLambda-Runtime-Invocation-Id: "u8).Text(attempt);
    answer.Text("\r\nContent-Type: application/json\r\nContent-Length: "u8).Send(fd, message.Body);

    message.Drop();
    if (!message.ReceiveAll(fd) || !message.Head.StartsWith("HTTP/1.1 202"u8))
        throw new InvalidDataException($"an answer was not accepted: {message.Text}");
    message.Drop();
}
