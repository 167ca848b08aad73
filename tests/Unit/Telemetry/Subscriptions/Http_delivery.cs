using System.Text;
using Thaw.Contracts;
using Thaw.Telemetry.Subscriptions;

namespace Thaw.UnitTests.Telemetry.Subscriptions;

public sealed class Http_delivery : IDisposable
{
    private static readonly byte[] Batch = Encoding.UTF8.GetBytes("{\"a\":1}\n{\"b\":2}\n");
    private readonly ListenerSocket listener = new();

    [Fact, Trait("Spec", "ENV-094")]
    public async Task Posts_the_records_as_an_array()
    {
        await using var delivery = Delivery("/path?query=1", "PUT");
        var sending = delivery.SendAsync(Batch, CancellationToken.None);
        using var connection = await listener.AcceptAsync();
        var request = await ListenerSocket.ReadUntilAsync(connection, "]");

        Assert.Equal(
            $"PUT /path?query=1 HTTP/1.1\r\nHost: sandbox.localdomain:{listener.Port}\r\nContent-Type: application/json\r\n"
            + "Content-Length: 17\r\n\r\n[{\"a\":1},{\"b\":2}]",
            request);
        await ListenerSocket.WriteAsync(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Assert.True(await sending);
    }

    [Fact, Trait("Spec", "ENV-094")]
    public async Task Sends_large_batches_whole()
    {
        await using var delivery = Delivery();
        var record = Encoding.UTF8.GetBytes($"{{\"record\":\"{new string('x', 1_000)}\"}}\n");
        var batch = Enumerable.Repeat(record, 1_000).SelectMany(bytes => bytes).ToArray();
        var sending = delivery.SendAsync(batch, CancellationToken.None).AsTask();
        using var connection = await listener.AcceptAsync();
        var request = await ListenerSocket.ReadUntilAsync(connection, "]");
        await ListenerSocket.WriteAsync(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        Assert.True(await sending);
        var array = request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        Assert.Equal(batch.Length + 1, array.Length);
        Assert.Equal(1_000, System.Text.Json.JsonDocument.Parse(array).RootElement.GetArrayLength());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK", true, true)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", true, true)]
    [InlineData("HTTP/1.1 202\r\ncontent-length: 0\r\n\r\n", true, true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\n\r\n", true, true)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true, true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", true, false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", true, false)]
    [InlineData("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 3\r\n\r\nno!", false, true)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://example.com/\r\nContent-Length: 0\r\n\r\n", false, true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nmore than was asked for", true, false)]
    public async Task Takes_every_2xx_for_arrival_and_keeps_the_connection_if_it_may(string answer, bool arrives, bool keeps)
    {
        await using var delivery = Delivery();
        var sending = delivery.SendAsync(Batch, CancellationToken.None);
        using var connection = await listener.AcceptAsync();
        await ListenerSocket.ReadUntilAsync(connection, "]");
        await ListenerSocket.WriteAsync(connection, answer);
        Assert.Equal(arrives, await sending);

        var next = delivery.SendAsync(Batch, CancellationToken.None);
        using var used = keeps ? connection : await listener.AcceptAsync();
        Assert.StartsWith("POST / ", await ListenerSocket.ReadUntilAsync(used, "]"), StringComparison.Ordinal);
        await ListenerSocket.WriteAsync(used, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Assert.True(await next);
    }

    [Theory, Trait("Spec", "ENV-097")]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("HTTP/1.1 abc\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    [InlineData("HTTP/2 200\r\n\r\n")]
    public async Task Fails_when_no_whole_answer_comes(string answer)
    {
        await using var delivery = Delivery();
        var sending = delivery.SendAsync(Batch, CancellationToken.None);
        using (var connection = await listener.AcceptAsync())
        {
            await ListenerSocket.ReadUntilAsync(connection, "]");
            await ListenerSocket.WriteAsync(connection, answer);
        }

        await Assert.ThrowsAnyAsync<IOException>(async () => await sending);
    }

    [Fact]
    public async Task Reads_no_answer_without_end()
    {
        await using var delivery = Delivery();
        var sending = delivery.SendAsync(Batch, CancellationToken.None).AsTask();
        using var connection = await listener.AcceptAsync();
        await ListenerSocket.ReadUntilAsync(connection, "]");
        await ListenerSocket.WriteAsync(connection, "HTTP/1.1 200 OK\r\n" + new string('a', 40_000));

        await Assert.ThrowsAnyAsync<IOException>(() => sending);
    }

    [Fact]
    public async Task Uses_another_connection_when_the_listener_has_ended_the_first()
    {
        await using var delivery = Delivery();
        for (var time = 1; time <= 3; time++)
        {
            var sending = delivery.SendAsync(Batch, CancellationToken.None);
            using var connection = await listener.AcceptAsync();
            await ListenerSocket.ReadUntilAsync(connection, "]");
            await ListenerSocket.WriteAsync(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            Assert.True(await sending);
        }

        Assert.Equal(3, listener.Connections);
    }

    [Fact]
    public async Task Gives_up_a_listener_that_says_nothing()
    {
        await using var delivery = Delivery();
        using var giveUp = new CancellationTokenSource();
        var sending = delivery.SendAsync(Batch, giveUp.Token).AsTask();
        using var connection = await listener.AcceptAsync();
        await ListenerSocket.ReadUntilAsync(connection, "]");
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal("", await ListenerSocket.ReadUntilAsync(connection, "?"));
    }

    public void Dispose() => listener.Dispose();

    private HttpDelivery Delivery(string path = "/", string method = "POST") =>
        new(new Destination.Http(listener.Port, "sandbox.localdomain", path, method), listener.ConnectAsync);
}
