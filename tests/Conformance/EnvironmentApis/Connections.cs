using System.Text;
using Thaw.Contracts;

namespace Thaw.ConformanceTests.EnvironmentApis;

/// <summary>What clients do to a server, by intent or not.</summary>
public class Connections
{
    private const string Ping = "GET /2018-06-01/ping HTTP/1.1\r\nHost: x\r\n\r\n";
    private const string Next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n";

    [Fact]
    public async Task Two_pipelined_requests_are_answered_in_order()
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync(
            $"POST /2018-06-01/runtime/invocation/{stage.Id}/response HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok{Next}");
        (await raw.AnswerAsync()).IsAccepted();
        Assert.True((await running.Done).IsSuccess);
        stage.Invoke(@event: "\"second\"");
        Assert.Equal("\"second\"", (await raw.AnswerAsync()).Body);
    }

    [Fact, Trait("Spec", "ENV-068")]
    public async Task A_request_may_come_byte_by_byte_with_lower_case_headers()
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using var raw = await stage.ConnectAsync();
        var request = $"POST /2018-06-01/runtime/invocation/{stage.Id}/error HTTP/1.1\r\nhost: x\r\n"
            + "lambda-runtime-function-error-type: Function.Slow\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\nslow";
        foreach (var character in request)
            await raw.SendAsync(character.ToString());
        (await raw.AnswerAsync()).IsAccepted();
        var error = running.Response.Error!;
        Assert.Equal(("Function.Slow", "text/html", "slow"), (error.ErrorType.Name, error.ContentType, running.Response.ErrorBody));
    }

    [Fact]
    public async Task A_client_may_ask_before_it_sends_its_body()
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync(
            $"POST /2018-06-01/runtime/invocation/{stage.Id}/response HTTP/1.1\r\nHost: x\r\n"
            + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
        Assert.Equal(100, (await raw.AnswerAsync()).Status);
        await raw.SendAsync("ok");
        (await raw.AnswerAsync()).IsAccepted();
        await running.Response.Ended;
        Assert.Equal("ok", running.Response.Body);
    }

    [Fact]
    public async Task A_client_that_ends_its_sending_is_still_answered()
    {
        await using var stage = await ApiStage.StartAsync();
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync(Ping);
        raw.EndSending();
        Assert.Equal("pong", (await raw.AnswerAsync()).Body);
        await raw.ClosedAsync();
        await ApiStage.Eventually(() => stage.Endpoint.ConnectionCount == 0);
    }

    [Fact]
    public async Task A_thousand_polls_may_wait_and_one_more_client_is_turned_away()
    {
        var (stage, first) = await ApiStage.StartReadyAsync();
        await using var end = stage;
        var polls = new List<Task<HttpAnswer>> { first };
        var clients = new List<RawConnection>();
        while (polls.Count < Limits.ConnectionsPerEnvironment)
        {
            var client = await stage.ConnectAsync();
            clients.Add(client);
            await client.SendAsync(Next);
            polls.Add(client.AnswerAsync());
        }

        await ApiStage.Eventually(() => stage.Endpoint.ConnectionCount == Limits.ConnectionsPerEnvironment);
        using (var excess = await stage.ConnectAsync())
            await excess.ClosedAsync();

        stage.Invoke(@event: "\"for one\"");
        Assert.Equal("\"for one\"", (await await Task.WhenAny(polls)).Body);

        // A poll that was still on its way when the event went out gets the same one again; those that were parked go on waiting.
        var done = polls.Where(poll => poll.IsCompleted).ToArray();
        Assert.All(await Task.WhenAll(done), answer => Assert.Equal("\"for one\"", answer.Body));
        Assert.True(done.Length < polls.Count / 2);
        foreach (var client in clients)
            client.Dispose();
        await ApiStage.Eventually(() => stage.Endpoint.ConnectionCount <= 1);
    }

    [Fact]
    public async Task A_client_that_leaves_while_it_waits_takes_no_event_with_it()
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using (var raw = await stage.ConnectAsync())
        {
            await stage.RespondAsync();
            await raw.SendAsync(Next);
            Assert.True((await running.Done).IsSuccess);
        }

        await ApiStage.Eventually(() => stage.Endpoint.ConnectionCount == 1);
        stage.Invoke(@event: "\"kept\"");
        Assert.Equal("\"kept\"", (await stage.NextAsync()).Body);
    }

    [Theory]
    [InlineData("\0\u0001\u0002\r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("GET /2018-06-01/ping HTTP/9.9\r\n\r\n")]
    [InlineData("GET /2018-06-01/ping HTTP/1.1\r\n\r\n")]
    [InlineData("GET /2018-06-01/ping HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n")]
    [InlineData("GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    public async Task Garbage_is_answered_or_dropped_and_harms_nobody(string garbage)
    {
        var (stage, next) = await ApiStage.StartReadyAsync();
        await using var end = stage;
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync(garbage);
        raw.EndSending();
        await raw.ClosedAsync();
        stage.Invoke();
        Assert.Equal(200, (await next).Status);
    }

    [Theory]
    [InlineData(1_000_000, 200)]
    [InlineData(1_100_000, 431)]
    public async Task Headers_may_have_a_megabyte(int bytes, int status)
    {
        await using var stage = await ApiStage.StartAsync();
        using var raw = await stage.ConnectAsync();
        var headers = new StringBuilder();
        for (var number = 0; headers.Length < bytes; number++)
            headers.Append(System.Globalization.CultureInfo.InvariantCulture, $"x-{number}: {new string('a', 1000)}\r\n");
        await raw.SendAsync($"GET /2018-06-01/ping HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        Assert.Equal(status, (await raw.AnswerAsync()).Status);
    }

    [Fact]
    public async Task A_client_may_be_idle_for_as_long_as_it_likes()
    {
        await using var stage = await ApiStage.StartAsync();
        using var raw = await stage.ConnectAsync();

        // A real wait, and a long one: Kestrel looks at its own timeouts once a second, on its own clock.
        await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken);
        await raw.SendAsync(Ping);
        Assert.Equal("pong", (await raw.AnswerAsync()).Body);
    }

    [Fact]
    public async Task A_refused_body_is_read_to_its_end_and_the_connection_lives_on()
    {
        await using var stage = await ApiStage.StartAsync();
        using var raw = await stage.ConnectAsync();
        var body = new byte[3_000_000];
        string[] paths = ["/nothing", "/2018-06-01/ping", "/2018-06-01/runtime/invocation/1/response", "/2020-01-01/extension/register"];
        foreach (var path in paths)
        {
            await raw.SendAsync($"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {body.Length}\r\n\r\n");
            await raw.SendAsync(body);
            Assert.InRange((await raw.AnswerAsync()).Status, 400, 405);
        }

        await raw.SendAsync(Ping);
        Assert.Equal("pong", (await raw.AnswerAsync()).Body);
    }

    [Fact]
    public async Task An_extension_request_may_have_a_megabyte()
    {
        await using var stage = await ApiStage.StartAsync();
        (await stage.RegisterAsync("inside", new string(' ', 1024 * 1024) + "{}"))
            .IsRefusal(413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (1048576 bytes).");
    }

    [Fact]
    public async Task Aborting_ends_parked_calls_and_half_sent_bodies()
    {
        var (stage, _) = await ApiStage.StartReadyAsync();
        await using var end = stage;
        using var parked = await stage.ConnectAsync();
        using var half = await stage.ConnectAsync();
        await parked.SendAsync(Next);
        await half.SendAsync("POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf");
        await ApiStage.Eventually(() => stage.Endpoint.ConnectionCount == 3);

        await stage.Endpoint.AbortConnectionsAsync();
        await parked.ClosedAsync();
        await half.ClosedAsync();
        await ApiStage.Eventually(() => stage.Endpoint.ConnectionCount == 0);
        Assert.Equal(200, (await stage.SendAsync("GET", "ping")).Status);
    }

    [Fact]
    public async Task A_connection_speaks_for_the_generation_that_was_alive_when_it_was_made()
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using var old = await stage.ConnectAsync();
        await old.SendAsync(Ping);
        await old.AnswerAsync();
        stage.Stage.Advance(3_000);
        await running.Done;

        // The suppressed init waits for the new runtime; what the old one asks must not count.
        var second = stage.Invoke();
        await old.SendAsync("POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}");
        Assert.Equal(403, (await old.AnswerAsync()).Status);
        await stage.Endpoint.AbortConnectionsAsync();
        Assert.Equal(200, (await stage.NextAsync()).Status);
        await stage.RespondAsync();
        await second.Response.Ended;
        Assert.True(second.Response.IsComplete);
    }

    [Fact]
    public async Task A_listener_can_serve_one_environment_after_another()
    {
        var (stage, running) = await ApiStage.StartRunningAsync();
        await using var end = stage;
        using var old = await stage.ConnectAsync();
        await old.SendAsync(Ping);
        await old.AnswerAsync();
        var successor = await stage.ReplaceEnvironmentAsync();
        await old.ClosedAsync();

        var init = successor.Lifecycle.InitAsync();
        _ = stage.NextAsync();
        Assert.True((await init.WaitAsync(ApiStage.Patience, TestContext.Current.CancellationToken)).IsSuccess);
        Assert.False(running.Done.IsCompleted);
    }
}
