using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;
using Thaw.Testing;

namespace Thaw.ConformanceTests.Lifecycle;

/// <summary>A client may give up a long poll and ask again; the event may come in between.</summary>
public class Polls_that_hang_up
{
    [Fact]
    public async Task Do_not_make_a_runtime_get_an_event_twice()
    {
        using var hangUp = new CancellationTokenSource();
        var stage = new Stage();
        var init = stage.Lifecycle.InitAsync();
        _ = stage.Runtime.NextAsync(hangUp.Token);
        await init;
        await hangUp.CancelAsync();

        var first = stage.NewInvocation();
        var invoke = stage.Lifecycle.InvokeAsync(first);
        Assert.Equal(first, await Fetched(stage.RuntimeNext()));
        await stage.Respond(first);
        var next = stage.RuntimeNext();
        Assert.True((await invoke).IsSuccess);

        Assert.False(next.IsCompleted);
        var second = stage.NewInvocation();
        _ = stage.Lifecycle.InvokeAsync(second);
        Assert.Equal(second, await Fetched(next));
    }

    [Fact]
    public async Task Do_not_leave_the_event_of_an_invocation_that_was_answered_without_fetching_it()
    {
        using var hangUp = new CancellationTokenSource();
        var stage = new Stage();
        var init = stage.Lifecycle.InitAsync();
        _ = stage.Runtime.NextAsync(hangUp.Token);
        await init;
        await hangUp.CancelAsync();

        var invocation = stage.NewInvocation();
        var invoke = stage.Lifecycle.InvokeAsync(invocation);
        await stage.Respond(invocation);
        var next = stage.RuntimeNext();

        Assert.True((await invoke).IsSuccess);
        Assert.False(next.IsCompleted);
    }

    [Fact, Trait("Spec", "ENV-028")]
    public async Task Do_not_make_an_extension_done_with_an_event_that_it_has_only_just_got()
    {
        using var hangUp = new CancellationTokenSource();
        var stage = new Stage(["alpha"]);
        var init = stage.Lifecycle.InitAsync();
        await stage.Register("alpha", "INVOKE");
        _ = stage.RuntimeNext();
        _ = stage.Extensions.NextAsync(stage.IdentifierOf("alpha"), hangUp.Token);
        await init;
        await hangUp.CancelAsync();

        var invocation = stage.NewInvocation();
        var invoke = stage.Lifecycle.InvokeAsync(invocation);
        await stage.RespondAndNext(invocation);
        await stage.ExtensionNext("alpha");
        Assert.False(invoke.IsCompleted);

        var done = stage.ExtensionNext("alpha");
        Assert.True((await invoke).IsSuccess);
        Assert.False(done.IsCompleted);
    }

    [Fact, Trait("Spec", "ENV-053")]
    public async Task Do_not_matter_while_a_second_poll_is_parked()
    {
        using var hangUp = new CancellationTokenSource();
        var stage = new Stage();
        var init = stage.Lifecycle.InitAsync();
        _ = stage.Runtime.NextAsync(hangUp.Token);
        var second = stage.RuntimeNext();
        await init;
        await hangUp.CancelAsync();

        var invocation = stage.NewInvocation();
        var invoke = stage.Lifecycle.InvokeAsync(invocation);
        Assert.Equal(invocation, await Fetched(second));
        await stage.Respond(invocation);
        Assert.False(invoke.IsCompleted);
        _ = stage.RuntimeNext();
        Assert.True((await invoke).IsSuccess);
    }

    private static async Task<Invocation> Fetched(Task<Answer<InvokeEvent>> poll)
    {
        Assert.False((await poll).IsRefused(out _, out var sent));
        return sent!.Invocation;
    }
}
