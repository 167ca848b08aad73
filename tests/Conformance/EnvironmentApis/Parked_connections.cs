using System.Text;
using Thaw.EnvironmentApis;

namespace Thaw.ConformanceTests.EnvironmentApis;

/// <summary>What a snapshot is told of the connections of an environment.</summary>
public sealed class Parked_connections
{
    private const string Next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n";

    [Fact]
    public async Task Wait_in_the_call_for_the_next_event()
    {
        await using var stage = await ApiStage.StartAsync();
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync(Next);

        Assert.Equal(Next, await ParkedRequestAsync(stage));
    }

    [Fact]
    public async Task Wait_in_a_call_that_is_written_in_another_way()
    {
        await using var stage = await ApiStage.StartAsync();
        using var raw = await stage.ConnectAsync();
        const string NextOfKestrel = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\nTE: trailers\r\n\r\n";
        await raw.SendAsync(NextOfKestrel);

        Assert.Equal(NextOfKestrel, await ParkedRequestAsync(stage));
    }

    [Fact]
    public async Task Wait_between_two_requests()
    {
        await using var stage = await ApiStage.StartAsync();
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync("GET /2018-06-01/ping HTTP/1.1\r\nHost: x\r\n\r\n");
        await raw.AnswerAsync();

        Assert.Equal("", await ParkedRequestAsync(stage, isIdle: true));
    }

    [Fact]
    public async Task Are_refused_while_a_response_is_on_its_way()
    {
        await using var stage = await ApiStage.StartAsync();
        using var raw = await stage.ConnectAsync();
        await raw.SendAsync("POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n{");

        var reason = "";
        while (!reason.StartsWith("POST", StringComparison.Ordinal))
        {
            reason = Assert.Throws<ConnectionBusyException>(() =>
            {
                while (stage.Endpoint.ParkedConnections() is not [{ Request.IsEmpty: false }])
                    Thread.Yield();
            }).Message;
        }

        Assert.Equal("POST /2018-06-01/runtime/init/error is under way", reason);
    }

    /// <summary>Some of what has been sent may not have come, and some of what has come may not be known yet.</summary>
    private static async Task<string> ParkedRequestAsync(ApiStage stage, bool isIdle = false)
    {
        while (true)
        {
            try
            {
                if (stage.Endpoint.ParkedConnections() is [var parked] && parked.Request.IsEmpty == isIdle)
                    return Encoding.UTF8.GetString(parked.Request.Span);
            }
            catch (ConnectionBusyException)
            {
                // In a moment.
            }

            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
