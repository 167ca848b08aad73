using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Thaw.Bench.Wire;
using Thaw.Linux;

namespace Thaw.Bench.Floor;

/// <summary>
/// Brings each client's event to a runtime that waits, and the runtime's answer back. Any fault ends the program: a floor that goes on
/// after an error measures something else.
/// </summary>
internal sealed class Exchange(int front, int runtimes)
{
    private const int IdDigits = 12;

    private readonly Epoll epoll = new();
    private readonly Dictionary<int, object> connections = [];
    private readonly Stack<Runtime> parked = new();
    private readonly Queue<Client> waiting = new();
    private readonly HttpWriter writer = new();
    private long invocations;

    internal void Serve()
    {
        epoll.Add(front);
        epoll.Add(runtimes);
        while (true)
        {
            var count = epoll.Wait();
            for (var i = 0; i < count; i++)
                Handle(epoll[i]);
        }
    }

    private void Handle(int fd)
    {
        if (fd == front)
            Accept(new Client(Tcp.Accept(front)));
        else if (fd == runtimes)
            Accept(new Runtime(Tcp.Accept(runtimes)));
        else if (connections[fd] is Client client)
            Hear(client);
        else
            Hear((Runtime)connections[fd]);
    }

    private void Accept(Client client)
    {
        connections.Add(client.Fd, client);
        epoll.Add(client.Fd);
    }

    private void Accept(Runtime runtime)
    {
        connections.Add(runtime.Fd, runtime);
        epoll.Add(runtime.Fd);
    }

    private void Hear(Client client)
    {
        if (!client.Request.Receive(client.Fd))
        {
            if (!client.Request.IsEmpty)
                throw new InvalidDataException("a client left before its answer");
            Close(client.Fd);
            return;
        }

        if (!client.Request.IsComplete)
            return;
        if (client.Request.Head.StartsWith("GET "u8))
            AnswerCount(client);
        else if (parked.TryPop(out var runtime))
            Give(runtime, client);
        else
            waiting.Enqueue(client);
    }

    private void Hear(Runtime runtime)
    {
        if (!runtime.Request.Receive(runtime.Fd))
        {
            // One that was parked is still in the stack; only whoever measures ends runtimes, and then ends this program too.
            if (runtime.Client is not null)
                throw new InvalidDataException("a runtime left during an invocation");
            Close(runtime.Fd);
            return;
        }

        while (runtime.Request.IsComplete)
        {
            if (runtime.Request.Head.StartsWith("GET "u8))
                Park(runtime);
            else
                TakeAnswer(runtime);
        }
    }

    private void Park(Runtime runtime)
    {
        if (runtime.Client is not null || !runtime.Request.Head.StartsWith("GET /2018-06-01/runtime/invocation/next "u8))
            throw new InvalidDataException($"not the time for {runtime.Request.Text}");
        runtime.Request.Drop();
        if (waiting.TryDequeue(out var client))
            Give(runtime, client);
        else
            parked.Push(runtime);
    }

    private void Give(Runtime runtime, Client client)
    {
        runtime.Client = client;
        if (!Utf8Formatter.TryFormat(++invocations, runtime.RequestId.AsSpan(^IdDigits..), out _, new StandardFormat('D', IdDigits)))
            throw new InvalidOperationException("the request id has no room");

        // Each invocation has a trace of its own: runtimes put it into their environment, and an old value would cost them less.
        ReadOnlySpan<byte> digits = runtime.RequestId.AsSpan(^IdDigits..);
        writer
            .Text("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: "u8).Text(runtime.RequestId)
            .Text("\r\nLambda-Runtime-Deadline-Ms: "u8).Number(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 30_000)
            .Text("\r\nLambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:123456789012:function:floor"u8)
            .Text("\r\nLambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6e"u8).Text(digits)
            .Text(";Parent=9a91"u8).Text(digits).Text(";Sampled=0"u8)
            .Text("\r\nLambda-Runtime-Invocation-Id: "u8).Text(runtime.RequestId)
            .Text("\r\nContent-Length: "u8).Send(runtime.Fd, client.Request.Body);
    }

    private void TakeAnswer(Runtime runtime)
    {
        var head = runtime.Request.Head;
        var path = head[..head.IndexOf((byte)'\r')];
        if (runtime.Client is not { } client || path.IndexOf(runtime.RequestId) < 0 || path.IndexOf("/response "u8) < 0)
            throw new InvalidDataException($"not the answer to an invocation: {runtime.Request.Text}");

        writer
            .Text("HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: "u8)
            .Send(runtime.Fd, "{\"status\":\"OK\"}\n"u8);
        writer
            .Text("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Amzn-RequestId: "u8).Text(runtime.RequestId)
            .Text("\r\nX-Amz-Executed-Version: $LATEST\r\nContent-Length: "u8).Send(client.Fd, runtime.Request.Body);
        runtime.Request.Drop();
        client.Request.Drop();
        runtime.Client = null;
    }

    private void AnswerCount(Client client)
    {
        client.Request.Drop();
        var count = parked.Count.ToString(CultureInfo.InvariantCulture);
        writer.Text("HTTP/1.1 200 OK\r\nContent-Length: "u8).Send(client.Fd, Encoding.ASCII.GetBytes(count));
    }

    private void Close(int fd)
    {
        connections.Remove(fd);
        _ = Syscalls.close(fd);
    }
}
