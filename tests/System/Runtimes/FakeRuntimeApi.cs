using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Thaw.SystemTests.Runtimes;

/// <summary>How the fake sends an event: real networks cut bytes anywhere, and servers may not announce a length.</summary>
internal enum Delivery { AtOnce, ByteByByte, Chunked }

/// <summary>An invocation as the platform hands it out.</summary>
internal sealed record FakeInvocation(byte[] Event)
{
    public FakeInvocation(string json) : this(Encoding.UTF8.GetBytes(json)) { }

    public string RequestId { get; init; } = Guid.NewGuid().ToString();
    public TimeSpan TimeLeft { get; init; } = TimeSpan.FromSeconds(3);
    public Dictionary<string, string> Headers { get; init; } = [];
}

/// <summary>What a runtime has posted.</summary>
internal sealed record Post(string Path, Dictionary<string, string> Headers, byte[] Body, Dictionary<string, string> Trailers)
{
    public string Text => Encoding.UTF8.GetString(Body);
    public string Kind => Path[(Path.LastIndexOf('/') + 1)..];
    public string? ErrorType => Headers.GetValueOrDefault("lambda-runtime-function-error-type");
}

/// <summary>The platform's end of the Runtime API with no platform behind it: the test queues invocations and reads the answers.</summary>
internal sealed class FakeRuntimeApi : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Channel<FakeInvocation> invocations = Channel.CreateUnbounded<FakeInvocation>();
    private readonly Channel<Post> posts = Channel.CreateUnbounded<Post>();
    private readonly ConcurrentQueue<HttpStatusCode> refusals = new();
    private readonly TaskCompletionSource ready = new();
    private readonly CancellationTokenSource stop = new();
    private int connections;

    public FakeRuntimeApi()
    {
        listener.Start();
        _ = AcceptAsync();
    }

    public string Authority => listener.LocalEndpoint.ToString()!;
    public Delivery Delivery { get; set; }
    public bool ClosesAfterEachAnswer { get; set; }
    public int Connections => connections;

    /// <summary>Every call in order of arrival, such as <c>GET /2018-06-01/runtime/invocation/next</c>.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Ends with the first <c>next</c>: init is over.</summary>
    public Task Ready => ready.Task;

    public void Send(FakeInvocation invocation) => invocations.Writer.TryWrite(invocation);

    public void RefuseNextPost(HttpStatusCode status) => refusals.Enqueue(status);

    public async Task<Post> PostAsync() => await posts.Reader.ReadAsync(stop.Token).AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public async Task<Post> InvokeAsync(FakeInvocation invocation)
    {
        Send(invocation);
        return await PostAsync();
    }

    public Task<Post> InvokeAsync(string json) => InvokeAsync(new FakeInvocation(json));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptSocketAsync(stop.Token);
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref connections);
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        await using var buffer = new BufferedStream(stream, 65536);
        var reader = new RequestReader(buffer);
        try
        {
            while (await reader.RequestLineAsync() is { } line)
            {
                Calls.Enqueue(line);
                await AnswerAsync(line, reader, stream);
                if (ClosesAfterEachAnswer)
                    return;
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The runtime is gone, or the test is over.
        }
    }

    private async Task AnswerAsync(string line, RequestReader reader, NetworkStream stream)
    {
        var path = line.Split(' ')[1];
        var headers = await reader.HeadersAsync();
        var (body, trailers) = await reader.BodyAsync(headers);
        if (path.EndsWith("/invocation/next", StringComparison.Ordinal))
        {
            ready.TrySetResult();
            await SendAsync(await invocations.Reader.ReadAsync(stop.Token), stream);
        }
        else if (path.EndsWith("/restore/next", StringComparison.Ordinal))
        {
            await WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        }
        else
        {
            var status = refusals.TryDequeue(out var refusal) ? refusal : HttpStatusCode.Accepted;
            await WriteAsync(stream, $"HTTP/1.1 {(int)status} {status}\r\nContent-Length: 16\r\n\r\n{{\"status\":\"OK\"}}\n");
            posts.Writer.TryWrite(new Post(path, headers, body, trailers));
        }
    }

    private async Task SendAsync(FakeInvocation invocation, NetworkStream stream)
    {
        var deadline = DateTimeOffset.UtcNow.Add(invocation.TimeLeft).ToUnixTimeMilliseconds();
        var head = new StringBuilder("HTTP/1.1 200 OK\r\n")
            .Append(CultureInfo.InvariantCulture, $"Lambda-Runtime-Aws-Request-Id: {invocation.RequestId}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Lambda-Runtime-Deadline-Ms: {deadline}\r\n")
            .Append("Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:000000000000:function:f:live\r\n");
        if (!invocation.Headers.ContainsKey("Content-Type"))
            head.Append("Content-Type: application/json\r\n");
        foreach (var (name, value) in invocation.Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");

        byte[] answer = Delivery == Delivery.Chunked
            ? [.. Encoding.UTF8.GetBytes($"{head}Transfer-Encoding: chunked\r\n\r\n"), .. Chunked(invocation.Event)]
            : [.. Encoding.UTF8.GetBytes($"{head}Content-Length: {invocation.Event.Length}\r\n\r\n"), .. invocation.Event];
        var pieceBytes = Delivery switch
        {
            Delivery.AtOnce => answer.Length,
            Delivery.Chunked => 1000,
            _ => 1,
        };
        foreach (var piece in answer.Chunk(pieceBytes))
            await stream.WriteAsync(piece, stop.Token);
    }

    private static IEnumerable<byte> Chunked(byte[] body) =>
        body.Chunk(7).SelectMany(piece => (byte[])[.. Encoding.ASCII.GetBytes($"{piece.Length:x};note=1\r\n"), .. piece, 13, 10])
            .Concat(Encoding.ASCII.GetBytes("0\r\nA-Trailer: x\r\n\r\n"));

    private async Task WriteAsync(NetworkStream stream, string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes(text), stop.Token);
}
