using System.Net.Sockets;
using System.Text;

namespace Thaw.SystemTests.Up;

/// <summary>A caller may be gone at any point. Its function finishes, nobody else notices, and nothing stays behind.</summary>
public sealed class Callers_that_leave(DaemonOfWorkers shared) : IClassFixture<DaemonOfWorkers>
{
    private readonly RunningDaemon daemon = shared.Running;

    [Theory]
    [InlineData("POST /2015-03-31/functions/wor", "")]
    [InlineData("POST /2015-03-31/functions/worker/invocations HTTP/1.1\r\nHost: a\r\nContent-Len", "")]
    [InlineData("POST /2015-03-31/functions/worker/invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", "{\"a")]
    [InlineData("POST /2015-03-31/functions/worker/invocations HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "9\r\n{\"a")]
    [InlineData("POST /2015-03-31/functions/worker/invocations HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "2\r\n{}\r\n")]
    [InlineData("POST /2015-03-31/functions/never/invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 6000000\r\n\r\n", "{\"a")]
    public async Task Before_their_event_has_ended_run_nothing(string head, string body)
    {
        (await daemon.InvokeAsync("worker")).Succeeded();
        await daemon.RestsAsync("worker");
        await daemon.HasSandboxesReadyAsync();
        var before = daemon.Descriptors;
        foreach (var abruptly in new[] { true, false })
        {
            for (var call = 0; call < 10; call++)
            {
                using var socket = await RawCall.ConnectAsync(daemon);
                await socket.SendAsync(Encoding.ASCII.GetBytes(head + body));
                if (abruptly)
                    socket.LingerState = new LingerOption(true, 0);
            }
        }

        (await daemon.InvokeAsync("worker")).Succeeded();
        Assert.Empty(await daemon.EnvironmentsAsync("never"));
        await daemon.UntilAsync(() => daemon.Descriptors <= before + 12, "their connections are closed");
    }

    [Fact]
    public async Task While_their_function_runs_leave_it_to_finish()
    {
        for (var call = 0; call < 5; call++)
        {
            using var socket = await RawCall.ConnectAsync(daemon);
            await SendAsync(socket, "other", $$"""{"ms":300,"line":"begun for {{call}}."}""");
            await daemon.SaysAsync($"begun for {call}.");
            socket.LingerState = new LingerOption(true, 0);
        }

        await daemon.RestsAsync("other");
        var phases = (await daemon.EnvironmentsAsync("other")).SelectMany(one => one.GetProperty("phases").EnumerateArray())
            .Where(phase => phase.GetProperty("name").GetString() == "Invoke").ToArray();
        Assert.Equal(5, phases.Length);
        Assert.All(phases, phase => Assert.Equal("Success", phase.GetProperty("outcome").GetString()));
        Assert.NotEqual(1, (await daemon.InvokeAsync("other")).Succeeded().Json.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task While_their_answer_is_written_cost_the_environment_nothing()
    {
        for (var call = 0; call < 8; call++)
        {
            using var socket = await RawCall.ConnectAsync(daemon);
            socket.ReceiveBufferSize = 4096;
            await SendAsync(socket, "crowd", """{"how":"bytes","bytes":6000000}""");
            Assert.True(await socket.ReceiveAsync(new byte[100]) > 0);
            socket.LingerState = new LingerOption(true, 0);
        }

        await daemon.RestsAsync("crowd");
        Assert.NotEqual(1, (await daemon.InvokeAsync("crowd")).Succeeded().Json.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Or_do_not_read_hold_up_nobody_else()
    {
        using var socket = await RawCall.ConnectAsync(daemon);
        socket.ReceiveBufferSize = 4096;
        await SendAsync(socket, "burst", """{"how":"bytes","bytes":6000000}""");
        Assert.True(await socket.ReceiveAsync(new byte[100]) > 0);

        // The function has answered: neither its environment nor its place waits for the caller.
        await daemon.RestsAsync("burst");
        (await daemon.InvokeAsync("burst")).Succeeded();
    }

    // Kestrel's own patience: 5 seconds for less than 240 bytes a second.
    [Fact]
    public async Task Or_stop_in_the_middle_of_their_event_are_given_up()
    {
        using var socket = await RawCall.ConnectAsync(daemon);
        await socket.SendAsync(
            "POST /2015-03-31/functions/never/invocations HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{\"a"u8.ToArray());
        var answer = await RawCall.ReadAsync(socket);
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("x-amzn-ErrorType: RequestTimeoutException", answer, StringComparison.Ordinal);
        Assert.Empty(await daemon.EnvironmentsAsync("never"));
    }

    [Fact]
    public async Task Or_send_chunks_that_are_none_are_refused_in_JSON()
    {
        var answer = await RawCall.SendAsync(
            daemon, "POST /2015-03-31/functions/worker/invocations HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\nno length\n");
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("x-amzn-ErrorType: InvalidRequestContentException", answer, StringComparison.Ordinal);
        Assert.Contains("\"Type\":\"User\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Or_speak_no_HTTP_are_refused()
    {
        string[] noises = ["\0\u0001\u0002\r\n\r\n", "GET\r\n\r\n", "\u0016\u0003\u0001 hello\r\n\r\n", "POST / HTTP/9.9\r\n\r\n"];
        foreach (var noise in noises)
            Assert.Matches("^(HTTP/1.1 (400|505) .*|)", (await RawCall.SendAsync(daemon, noise)).Split('\r')[0]);
        (await daemon.InvokeAsync("worker")).Succeeded();
    }

    private static Task<int> SendAsync(Socket socket, string function, string json) => socket.SendAsync(Encoding.ASCII.GetBytes(
        $"POST /2015-03-31/functions/{function}/invocations HTTP/1.1\r\nHost: here\r\nContent-Length: {json.Length}\r\n\r\n{json}"));
}
