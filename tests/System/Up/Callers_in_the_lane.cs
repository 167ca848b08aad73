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
    [InlineData("worker:live", "{}", "")]
    [InlineData("function%3Aworker", "{}", "")]
    [InlineData("000000000000:worker", "{}", "")]
    [InlineData("a:b:c:d", "{}", "")]
    [InlineData("worker", "{}", "X-Amz-Invocation-Type: Event\r\n")]
    public async Task Get_the_answer_that_all_others_get(string function, string json, string header)
    {
        var head = $"POST /2015-03-31/functions/{function}/invocations HTTP/1.1\r\nHost: a\r\n{header}";
        var (plain, other) = (Shape(await OneAsync(head, json)), Shape(await OneAsync(head + "TE: trailers\r\n", json)));
        Assert.Equal(other, plain);
    }

    [Theory, InlineData("worker", "live"), InlineData("worker:1", "1"), InlineData("worker%3A1", "2"), InlineData("nobody", "1")]
    public async Task Get_it_also_when_they_name_a_version_or_an_alias(string function, string qualifier)
    {
        var head = $"POST /2015-03-31/functions/{function}/invocations?Qualifier={qualifier} HTTP/1.1\r\nHost: a\r\n";
        var (plain, other) = (await OneAsync(head, "{}"), await OneAsync(head + "TE: trailers\r\n", "{}"));
        Assert.Equal((Shape(other), BodyOf(other)), (Shape(plain), BodyOf(plain)));
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

    [Theory, InlineData("Content-Len"), InlineData("Content-Length: 20\r\n\r\n{\"a")]
    public async Task Run_nothing_by_a_request_that_ends_in_the_middle(string part)
    {
        using var socket = await RawCall.ConnectAsync(daemon);
        await socket.SendAsync(Encoding.ASCII.GetBytes(Request("{}")));
        Assert.StartsWith("HTTP/1.1 200 OK", await ReadOneAsync(socket), StringComparison.Ordinal);
        await socket.SendAsync(Encoding.ASCII.GetBytes(Head + part));
        socket.Shutdown(SocketShutdown.Send);
        Assert.DoesNotContain("200 OK", await RawCall.ReadAsync(socket), StringComparison.Ordinal);
    }

    private async Task<string> OneAsync(string head, string json)
    {
        using var socket = await RawCall.ConnectAsync(daemon);
        await socket.SendAsync(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{head}Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}")));
        return await ReadOneAsync(socket);
    }

    private static async Task<string> ReadOneAsync(Socket socket)
    {
        var answer = "";
        var buffer = new byte[64 * 1024];
        while (!IsWhole(answer) && await socket.ReceiveAsync(buffer).WaitAsync(RunningDaemon.Patience) is var count and > 0)
            answer += Encoding.Latin1.GetString(buffer, 0, count);
        return answer;
    }

    private static string BodyOf(string answer) => answer[answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)..];

    private static bool IsWhole(string answer)
    {
        const string Length = "Content-Length: ";
        if (answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) is not (> 0 and var end))
            return false;
        var at = answer.IndexOf(Length, StringComparison.Ordinal);
        var digits = at < 0 ? "0" : answer[(at + Length.Length)..].Split('\r')[0];
        return answer.Length - end - 4 >= int.Parse(digits, CultureInfo.InvariantCulture);
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
