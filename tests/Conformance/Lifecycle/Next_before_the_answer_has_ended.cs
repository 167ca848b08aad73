using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;
using Thaw.Testing;

namespace Thaw.ConformanceTests.Lifecycle;

/// <summary>
/// AWS's own client for Node asks for the next event over another connection when a stream of its has failed, and does not wait for the
/// answer to that: which of the two arrives first is chance.
/// </summary>
public class Next_before_the_answer_has_ended
{
    [Fact]
    public async Task Waits_for_it()
    {
        var (stage, posted, invoked) = await PostingAsync();
        var next = stage.RuntimeNext();
        Assert.False(invoked.IsCompleted);

        await posted.RespondAsync("application/json", "1"u8.ToArray());
        Assert.True((await invoked).IsSuccess);
        var second = stage.NewInvocation();
        _ = stage.Lifecycle.InvokeAsync(second);
        Assert.False((await next).IsRefused(out _, out var sent));
        Assert.Equal(second.RequestId, sent!.Invocation.RequestId);
    }

    [Fact]
    public async Task Is_refused_when_the_end_does_not_come_soon()
    {
        var (stage, _, _) = await PostingAsync();
        var next = stage.RuntimeNext();
        Assert.False(next.IsCompleted);

        stage.Advance(stage.Settings.AnswerPatience.TotalMilliseconds);
        Assert.True((await next).IsRefused(out var refusal, out _));
        Assert.Contains("InvocationResponse", refusal!.ErrorMessage, StringComparison.Ordinal);
    }

    private static async Task<(Stage Stage, PostedAnswer Posted, Task<PhaseOutcome> Invoked)> PostingAsync()
    {
        var stage = new Stage();
        await stage.GoodInit();
        var invocation = stage.NewInvocation();
        var invoked = stage.Lifecycle.InvokeAsync(invocation);
        (await stage.Runtime.BeginResponseAsync(invocation.RequestId, null, modeIsKnown: true)).IsRefused(out _, out var posted);
        return (stage, posted!, invoked);
    }
}
