using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Thaw.SystemTests.Up;

/// <summary>Plain Invokes are served without Kestrel, all others with it, and no caller can tell.</summary>
public sealed class Callers_in_the_lane(DaemonOfWorkers shared) : IClassFixture<DaemonOfWorkers>
{
    private const string Head = "POST /2015-03-31/functions/worker/invocations HTTP/1.1\r\nHost: a\r\n";

    private readonly RunningDaemon daemon = shared.Running;

    [Theory]
    [InlineData("worker", "{}", "")]
    [InlineData("worker", "{\"how\":\"throw\"}", "")]
    [InlineData("worker", "no JSON", "")]
    [InlineData("worker", "", "")]
    [InlineData("worker", "{}", "X-Amz-Invocation-Type: DryRun\r\n")]
    [InlineData("worker", "{}", "X-Amz-Invocation-Type: Odd\r\n")]
    [InlineData("worker", "{}", "X-Amz-Log-Type: Tail\r\n")]
    [InlineData("nobody", "{}", "")]
    public async Task Get_the_answer_that_all_others_get(string function, string json, string header)
    {
        var head = $"POST /2015-03-31/functions/{function}/invocations HTTP/1.1\r\nHost: a\r\n{header}";
        var (plain, other) = (Shape(await OneAsync(head, json)), Shape(await OneAsync(head + "TE: trailers\r\n", json)));
        Assert.Equal(other, plain);
    }

    [Fact]
    public async Task May_send_several_at_once_and_are_answered_in_order()
    {
        using var socket = await RawCall.ConnectAsync(daemon);
        var three = string.Concat(Enumerable.Range(1, 3).Select(one => Request("{\"line\":\"n" + one + "\"}")));
        await socket.SendAsync(Encoding.ASCII.GetBytes(three + Request("{}", "Connection: close\r\n")));
        var answers = await RawCall.ReadAsync(socket);
        Assert.Equal(4, answers.Split("HTTP/1.1 200 OK").Length - 1);
    }

    [Fact]
    public async Task May_send_byte_by_byte()
    {
        using var socket = await RawCall.ConnectAsync(daemon);
        foreach (var letter in Request("{}") + Request("{}", "Connection: close\r\n"))
            await socket.SendAsync(new[] { (byte)letter });
        Assert.Equal(3, (await RawCall.ReadAsync(socket)).Split("HTTP/1.1 200 OK").Length);
    }

    [Theory, InlineData(8_000), InlineData(8_192), InlineData(20_000), InlineData(1_000_000)]
    public async Task May_send_an_event_of_any_length_and_go_on(int bytes)
    {
        using var socket = await RawCall.ConnectAsync(daemon);
        var large = $"{{\"line\":\"{new string('x', bytes)}\"}}";
        await socket.SendAsync(Encoding.ASCII.GetBytes(Request("{}") + Request(large) + Request("{}", "Connection: close\r\n")));
        Assert.Equal(4, (await RawCall.ReadAsync(socket)).Split("HTTP/1.1 200 OK").Length);
    }

    [Fact]
    public async Task May_pause_in_the_middle_of_a_request()
    {
        using var socket = await RawCall.ConnectAsync(daemon);
        var request = Request("{}", "Connection: close\r\n");
        await socket.SendAsync(Encoding.ASCII.GetBytes(Request("{}") + request[..40]));
        await Task.Delay(TimeSpan.FromSeconds(1.2), TestContext.Current.CancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request[40..]));
        Assert.Equal(3, (await RawCall.ReadAsync(socket)).Split("HTTP/1.1 200 OK").Length);
    }

    [Fact]
    public async Task Hear_of_a_request_that_ends_in_the_middle_as_all_others()
    {
        foreach (var part in new[] { Head + "Content-Len", Head + "Content-Length: 20\r\n\r\n{\"a" })
        {
            using var plain = await RawCall.ConnectAsync(daemon);
            using var other = await RawCall.ConnectAsync(daemon);
            await plain.SendAsync(Encoding.ASCII.GetBytes(Request("{}") + part));
            await other.SendAsync(Encoding.ASCII.GetBytes(Request("{}", "TE: trailers\r\n") + part));
            plain.Shutdown(SocketShutdown.Send);
            other.Shutdown(SocketShutdown.Send);
            Assert.Equal(Shape(await RawCall.ReadAsync(other)), Shape(await RawCall.ReadAsync(plain)));
        }
    }

    private async Task<string> OneAsync(string head, string json)
    {
        using var socket = await RawCall.ConnectAsync(daemon);
        await socket.SendAsync(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{head}Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}")));
        socket.Shutdown(SocketShutdown.Send);
        return await RawCall.ReadAsync(socket);
    }

    private static string Request(string json, string header = "") =>
        string.Create(CultureInfo.InvariantCulture, $"{Head}{header}Content-Length: {json.Length}\r\n\r\n{json}");

    // Status, names of headers, and what in body and headers does not differ from one call to the next.
    private static string Shape(string answers)
    {
        var parts = answers.Split("\r\n\r\n");
        var heads = parts.Where(part => part.Contains("HTTP/1.1", StringComparison.Ordinal)).Select(head => head.Split("\r\n"))
            .Select(lines => $"{lines[0][lines[0].IndexOf("HTTP", StringComparison.Ordinal)..]} {string.Join(
                ',', lines.Skip(1).Select(line => line.Split(':')[0]).Order(StringComparer.OrdinalIgnoreCase))}");
        return string.Join(" | ", heads);
    }
}
