using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Thaw.EnvironmentApis;
using Thaw.EnvironmentApis.Lane;
using Thaw.Lifecycle;
using Thaw.Testing;

namespace Thaw.UnitTests.EnvironmentApis.Lane;

/// <summary>The lane alone: no server is behind it.</summary>
public sealed class Lane_connections : IAsyncDisposable
{
    private const string Invocation = "/2018-06-01/runtime/invocation";
    private const string Next = $"GET {Invocation}/next HTTP/1.1\r\nHost: x\r\n\r\n";

    private readonly Stage stage = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero));
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly ConnectionHub hub = new();
    private readonly ConnectionBound bound = new(2);
    private readonly LaneParts lane;
    private readonly EnvironmentEndpoint endpoint;

    public Lane_connections()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var sockets = new SocketConnectionContextFactory(new(), NullLogger.Instance);
        lane = new LaneParts(bound, new DateLine(time), new FailedCalls(NullLogger.Instance), sockets, hub);
        var environment = new EnvironmentDescriptor { Lifecycle = stage.Lifecycle, Function = stage.Settings.Function };
        endpoint = new EnvironmentEndpoint(listener, environment, lane, NullLogger.Instance);
    }

    [Fact]
    public async Task Serve_a_whole_invocation_by_themselves()
    {
        await ConnectInitializedAsync();
        var invocation = stage.NewInvocation("\"event\"");
        _ = stage.Lifecycle.InvokeAsync(invocation);
        var received = await ReceiveAsync("\"event\"");
        Assert.StartsWith("HTTP/1.1 200 OK\r\nContent-Length: 7\r\nDate: Tue, 03 Feb 2026 04:05:06 GMT\r\n", received);
        Assert.Contains($"\r\nLambda-Runtime-Aws-Request-Id: {invocation.RequestId.Value}\r\n", received);

        time.Advance(TimeSpan.FromSeconds(1));
        await SendAsync(
            $"POST {Invocation}/{invocation.RequestId.Value}/response HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok");
        Assert.Equal(
            "HTTP/1.1 202 Accepted\r\nContent-Length: 16\r\nDate: Tue, 03 Feb 2026 04:05:07 GMT\r\nContent-Type: application/json\r\n\r\n"
            + "{\"status\":\"OK\"}\n",
            await ReceiveAsync("\n"));
        Assert.Equal("ok", await BodyAsync(invocation));
        Assert.Equal(1, endpoint.ConnectionCount);
    }

    [Fact]
    public async Task End_also_when_they_were_aborted_before_they_began()
    {
        var connection = new LaneConnection(client, endpoint, stage.Lifecycle.Calls, lane);
        Assert.True(endpoint.Enter(connection));
        connection.Abort();

        connection.Start();

        for (var waits = 0; endpoint.ConnectionCount > 0 && waits < 2_000; waits++)
            await Task.Delay(1, TestContext.Current.CancellationToken);
        Assert.Equal(0, endpoint.ConnectionCount);
    }

    [Fact]
    public async Task Are_handed_over_with_every_byte_that_was_not_served()
    {
        const string Ping = "GET /2018-06-01/ping HTTP/1.1\r\nHost: x\r\n\r\n";
        await ConnectAsync();
        await SendAsync($"POST {Invocation}/none/response HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1" + Ping + Next);
        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", await ReceiveAsync("\n"));

        var connection = await hub.AcceptAsync(TestContext.Current.CancellationToken);
        var input = connection!.Transport.Input;
        var read = await input.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Ping + Next, Encoding.ASCII.GetString(read.Buffer));
        input.AdvanceTo(read.Buffer.End);
        await SendAsync("more");
        read = await input.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal("more", Encoding.ASCII.GetString(read.Buffer));
        input.AdvanceTo(read.Buffer.End);

        Assert.Equal(1, endpoint.ConnectionCount);
        await endpoint.AbortConnectionsAsync();
        await Assert.ThrowsAsync<SocketException>(() => ReceiveAsync("\n"));
        await connection.DisposeAsync();
        Assert.Equal(0, endpoint.ConnectionCount);
    }

    [Fact]
    public async Task Are_handed_over_when_they_ask_for_a_restore_where_there_is_none()
    {
        const string RestoreNext = "GET /2018-06-01/runtime/restore/next HTTP/1.1\r\nHost: x\r\n\r\n";
        await ConnectAsync();
        await SendAsync(RestoreNext);
        var connection = await hub.AcceptAsync(TestContext.Current.CancellationToken);
        var read = await connection!.Transport.Input.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(RestoreNext, Encoding.ASCII.GetString(read.Buffer));
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task Keep_a_response_that_is_longer_than_their_buffer()
    {
        var response = new string('r', 100_000) + new string('s', 100_000);
        await ConnectInitializedAsync();
        var invocation = stage.NewInvocation("\"event\"");
        var invoke = stage.Lifecycle.InvokeAsync(invocation);
        await ReceiveAsync("\"event\"");
        await SendAsync(
            $"POST {Invocation}/{invocation.RequestId.Value}/response HTTP/1.1\r\nHost: x\r\nContent-Length: {response.Length}\r\n\r\n");
        await SendAsync(response[..70_000]);
        await SendAsync(response[70_000..]);
        Assert.StartsWith("HTTP/1.1 202 Accepted\r\n", await ReceiveAsync("\n"));
        Assert.Equal(response, await BodyAsync(invocation));

        var second = stage.NewInvocation("\"next\"");
        await SendAsync(Next);
        await invoke;
        _ = stage.Lifecycle.InvokeAsync(second);
        await ReceiveAsync("\"next\"");
    }

    [Fact]
    public async Task Read_a_long_response_that_nobody_wants_before_they_refuse_it()
    {
        await ConnectAsync();
        await SendAsync($"POST {Invocation}/none/response HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n");
        await SendAsync(new string('x', 200_000) + $"POST {Invocation}/none/response HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1");
        var answers = await ReceiveAsync("\n", count: 2);
        Assert.Equal(2, answers.Split("HTTP/1.1 400 Bad Request\r\n").Length - 1);
    }

    [Fact]
    public async Task End_with_a_long_response_that_breaks_off()
    {
        await ConnectInitializedAsync();
        var invocation = stage.NewInvocation("\"event\"");
        _ = stage.Lifecycle.InvokeAsync(invocation);
        await ReceiveAsync("\"event\"");
        await SendAsync($"POST {Invocation}/{invocation.RequestId.Value}/response HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\nr");
        client.Shutdown(SocketShutdown.Send);
        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", await ReceiveAsync("\n"));
        Assert.Equal("Runtime.TruncatedResponse", ((RecordedResponse)invocation.Response).Error!.ErrorType.Name);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Are_turned_away_when_all_environments_together_have_enough()
    {
        Assert.True(bound.TryEnter() && bound.TryEnter());
        await ConnectAsync();
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));

        bound.Leave();
        using var second = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await second.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        while (endpoint.ConnectionCount == 0)
            await Task.Delay(1, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await endpoint.DisposeAsync();
        listener.Dispose();
    }

    private async Task ConnectAsync() => await client.ConnectAsync(listener.LocalEndPoint!);

    private async Task ConnectInitializedAsync()
    {
        await ConnectAsync();
        var init = stage.Lifecycle.InitAsync();
        await SendAsync(Next);
        await init;
    }

    private async Task SendAsync(string text) => await client.SendAsync(Encoding.ASCII.GetBytes(text));

    private async Task<string> ReceiveAsync(string until, int count = 1)
    {
        var received = new StringBuilder();
        var buffer = new byte[1024];
        while (!received.ToString().EndsWith(until, StringComparison.Ordinal) || received.ToString().Split("\r\n\r\n").Length <= count)
        {
            var bytes = await client.ReceiveAsync(buffer);
            Assert.NotEqual(0, bytes);
            received.Append(Encoding.ASCII.GetString(buffer, 0, bytes));
        }

        return received.ToString();
    }

    // The runtime hears of it first.
    private static async Task<string> BodyAsync(Invocation invocation)
    {
        var response = (RecordedResponse)invocation.Response;
        await response.Ended;
        return response.Body;
    }
}
