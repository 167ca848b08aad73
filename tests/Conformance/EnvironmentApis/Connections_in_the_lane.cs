using System.Text.RegularExpressions;
using Thaw.Contracts;

namespace Thaw.ConformanceTests.EnvironmentApis;

/// <summary>What becomes of connections that begin with plain requests, and of clients that do not go on as they began.</summary>
public partial class Connections_in_the_lane
{
    private const string Next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n";
    private const string Ping = "GET /2018-06-01/ping HTTP/1.1\r\nHost: x\r\n\r\n";

    [Fact, Trait("Spec", "ENV-068")]
    public async Task May_bring_a_response_byte_by_byte()
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using var raw = await stage.ConnectAsync();
        foreach (var letter in Post(stage, "slow"))
            await raw.SendAsync(letter.ToString());
        (await raw.AnswerAsync()).IsAccepted();
        await running.Response.Ended;
        Assert.Equal("slow", running.Response.Body);
    }

    [Theory, Trait("Spec", "ENV-058")]
    [InlineData(Way.Any)]
    [InlineData(Way.Kestrel)]
    public async Task Begin_a_response_with_its_head_and_end_it_with_its_body(Way way)
    {
        var (stage, running) = await ApiStage.StartRunningAsync(way);
        await using var end = stage;
        using var raw = await stage.ConnectAsync();
        var request = Post(stage, "in two parts");
        await raw.SendAsync(request[..^5]);

        // From its head on the invocation is being answered, and another answer comes too late. A refusal tells the state.
        while (!(await stage.PostAsync("runtime/init/error", "{}")).Body.Contains("from InvocationResponse"))
            await Task.Delay(1, TestContext.Current.CancellationToken);
        Assert.Equal(403, (await stage.FailAsync()).Status);
        await raw.SendAsync(request[^5..]);
        (await raw.AnswerAsync()).IsAccepted();
        await running.Response.Ended;
        Assert.Equal("in two parts", running.Response.Body);
    }

    [Theory]
    [InlineData(40_000)]
    [InlineData(2_000_000)]
    public async Task Go_on_when_a_response_is_long(int bytes)
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync(Next);
        Assert.Equal("{}", (await raw.AnswerAsync()).Body);

        var body = string.Concat(Enumerable.Range(0, bytes / 10).Select(number => $"{number,10}"));
        await raw.SendAsync(Post(stage, body) + Next);
        (await raw.AnswerAsync()).IsAccepted();
        await running.Response.Ended;
        Assert.Equal(body, running.Response.Body);
        await running.Done;
        var second = stage.Invoke(@event: "\"second\"");
        Assert.Equal("\"second\"", (await raw.AnswerAsync()).Body);
        await raw.SendAsync(Post(stage, "short"));
        (await raw.AnswerAsync()).IsAccepted();
        await second.Response.Ended;
        Assert.Equal("short", second.Response.Body);
    }

    [Fact]
    public async Task Go_on_when_a_response_comes_in_chunks()
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync(Next);
        await raw.AnswerAsync();
        await raw.SendAsync(
            $"POST /2018-06-01/runtime/invocation/{stage.Id}/response HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab");
        await raw.SendAsync("c\r\n0\r");
        await raw.SendAsync("\n\r\n");
        (await raw.AnswerAsync()).IsAccepted();
        await running.Response.Ended;
        Assert.Equal("abc", running.Response.Body);
    }

    [Theory]
    [InlineData(Way.Any)]
    [InlineData(Way.Kestrel)]
    public async Task Keep_what_comes_while_a_call_is_parked(Way way)
    {
        var (stage, running) = await ApiStage.StartRunningAsync(way);
        await using var end = stage;
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync(Post(stage, "first") + Next + "GET /2018-06-01/runt");
        (await raw.AnswerAsync()).IsAccepted();
        await running.Done;
        await raw.SendAsync("ime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n");
        await raw.SendAsync(Ping);
        await Task.Delay(20, TestContext.Current.CancellationToken);

        stage.Invoke(@event: "\"second\"");
        Assert.Equal("\"second\"", (await raw.AnswerAsync()).Body);
        Assert.Equal("\"second\"", (await raw.AnswerAsync()).Body);
        Assert.Equal("pong", (await raw.AnswerAsync()).Body);
    }

    [Theory]
    [InlineData("", Way.Any)]
    [InlineData(Next, Way.Any)]
    [InlineData(Ping, Way.Any)]
    [InlineData(Ping, Way.Kestrel)]
    public async Task End_with_their_client_while_a_call_is_parked(string early, Way way)
    {
        var (stage, running) = await ApiStage.StartRunningAsync(way);
        await using var end = stage;
        using (var raw = await stage.ConnectAsync())
        {
            await raw.SendAsync(Post(stage, "first") + Next);
            Assert.True((await running.Done).IsSuccess);
            await raw.SendAsync(early);
        }

        await ApiStage.Eventually(() => stage.Endpoint.ConnectionCount == 1);
        stage.Invoke(@event: "\"kept\"");
        Assert.Equal("\"kept\"", (await stage.NextAsync()).Body);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Next)]
    public async Task End_at_once_when_the_environment_does(string early)
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync(Post(stage, "first") + Next + early);
        Assert.True((await running.Done).IsSuccess);
        using var idle = await stage.ConnectAsync();
        using var half = await stage.ConnectAsync();
        await half.SendAsync(Next[..20]);

        await stage.Endpoint.AbortConnectionsAsync();
        await raw.ClosedAsync();
        await idle.ClosedAsync();
        await half.ClosedAsync();
        await ApiStage.Eventually(() => stage.Endpoint.ConnectionCount == 0);
    }

    [Fact]
    public async Task Wait_for_a_slow_reader_and_nobody_waits_with_them()
    {
        var (stage, next) = await ApiStage.StartReadyAsync();
        await using var end = stage;
        var bytes = new byte[Limits.BufferedPayloadBytes];
        new Random(3).NextBytes(bytes);
        stage.Invoke(invocation => invocation with { Event = bytes });
        await next;

        // All threads that serve would soon be kept, if each slow reader kept one.
        var slow = new List<RawConnection>();
        for (var count = 0; count < 2 * Environment.ProcessorCount; count++)
        {
            slow.Add(await stage.ConnectAsync());
            await slow[^1].SendAsync(Next);
        }

        using var quick = await stage.ConnectAsync();
        await quick.SendAsync(Next);
        Assert.Equal(bytes, (await quick.AnswerAsync()).Bytes);
        foreach (var one in slow)
        {
            Assert.Equal(bytes, (await one.AnswerAsync()).Bytes);
            one.Dispose();
        }
    }

    [Fact]
    public async Task Take_turns_with_one_who_asks_without_end()
    {
        var (stage, _) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using var flood = await stage.ConnectAsync();
        using var other = await stage.ConnectAsync();
        var answers = flood.AllAsync();
        using var enough = new CancellationTokenSource();
        var requests = AskWithoutEndAsync(flood, enough.Token);
        for (var round = 0; round < 20; round++)
        {
            await other.SendAsync(Next);
            Assert.Equal("{}", (await other.AnswerAsync()).Body);
        }

        await enough.CancelAsync();
        Assert.Equal(await requests, Answers().Count(await answers));
    }

    private static async Task<int> AskWithoutEndAsync(RawConnection client, CancellationToken enough)
    {
        var many = string.Concat(Enumerable.Repeat(Next, 500));
        var count = 0;
        await Task.Yield();
        for (; !enough.IsCancellationRequested; count += 500)
            await client.SendAsync(many);
        client.EndSending();
        return count;
    }

    private static string Post(ApiStage stage, string body) =>
        $"POST /2018-06-01/runtime/invocation/{stage.Id}/response HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    [GeneratedRegex("HTTP/1.1 200 OK")]
    private static partial Regex Answers();
}
