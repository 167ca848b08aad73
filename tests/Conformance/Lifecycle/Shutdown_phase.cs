using Thaw.Contracts;
using Thaw.Lifecycle.Calls;
using Thaw.Testing;

namespace Thaw.ConformanceTests.Lifecycle;

public class Shutdown_phase
{
    [Fact, Trait("Spec", "ENV-034")]
    public async Task Without_extensions_kills_the_runtime_at_once()
    {
        var stage = await Initialised();
        await stage.Lifecycle.ShutdownAsync(ShutdownReason.Spindown);
        Assert.Equal(["SIGKILL runtime", "kill all"], stage.Processes.Log);
    }

    [Fact, Trait("Spec", "ENV-035")]
    public async Task With_an_internal_extension_terminates_the_runtime_and_waits_half_a_second()
    {
        var stage = new Stage();
        var init = stage.Lifecycle.InitAsync();
        await stage.Register("inside");
        _ = stage.RuntimeNext();
        _ = stage.ExtensionNext("inside");
        await init;
        stage.Processes.Log.Clear();
        stage.Processes.IgnoringSigterm.Add("runtime");

        var shutdown = stage.Lifecycle.ShutdownAsync(ShutdownReason.Spindown);
        stage.Advance(499);
        Assert.Equal(["SIGTERM runtime"], stage.Processes.Log);
        stage.Advance(1);
        await shutdown;
        Assert.Equal(["SIGTERM runtime", "SIGKILL runtime", "kill all"], stage.Processes.Log);
    }

    [Fact, Trait("Spec", "ENV-035"), Trait("Spec", "ENV-036")]
    public async Task Kills_a_runtime_that_ignores_the_signal_at_30_percent_of_the_budget()
    {
        var stage = await Initialised("SHUTDOWN");
        stage.Processes.IgnoringSigterm.Add("runtime");
        _ = stage.Lifecycle.ShutdownAsync(ShutdownReason.Spindown);
        stage.Advance(599);
        Assert.Equal(["SIGTERM runtime"], stage.Processes.Log);
        stage.Advance(1);
        Assert.Equal(["SIGTERM runtime", "SIGKILL runtime"], stage.Processes.Log);
    }

    [Fact, Trait("Spec", "ENV-037"), Trait("Spec", "ENV-040")]
    public async Task Tells_the_extension_only_after_the_runtime_is_gone_and_by_when()
    {
        var stage = new Stage(["alpha"]);
        var init = stage.Lifecycle.InitAsync();
        await stage.Register("alpha", "SHUTDOWN");
        _ = stage.RuntimeNext();
        var next = stage.ExtensionNext("alpha");
        await init;
        stage.Processes.IgnoringSigterm.Add("runtime");
        var expected = stage.Time.GetUtcNow().AddSeconds(2);

        _ = stage.Lifecycle.ShutdownAsync(ShutdownReason.Spindown);
        Assert.False(next.IsCompleted);
        stage.Advance(600);
        (await next).IsRefused(out _, out var sent);
        var shutdown = Assert.IsType<ExtensionEvent.Shutdown>(sent);
        Assert.Equal((ShutdownReason.Spindown, expected), (shutdown.Reason, shutdown.Deadline));
    }

    [Fact, Trait("Spec", "ENV-038")]
    public async Task Kills_an_extension_that_ignores_the_event_at_the_end_of_the_budget()
    {
        var stage = await Initialised("SHUTDOWN");
        var shutdown = stage.Lifecycle.ShutdownAsync(ShutdownReason.Spindown);
        stage.Advance(1_999);
        Assert.True(stage.Processes.IsAlive("alpha"));
        stage.Advance(1);
        await shutdown;
        Assert.Contains("SIGKILL alpha", stage.Processes.Log);
    }

    [Fact]
    public async Task Ends_as_soon_as_everyone_is_gone()
    {
        var stage = await Initialised("SHUTDOWN");
        var shutdown = stage.Lifecycle.ShutdownAsync(ShutdownReason.Spindown);
        stage.Processes.Exit("alpha", ProcessExit.WithStatus(0));
        await shutdown;
        Assert.DoesNotContain("SIGKILL alpha", stage.Processes.Log);
    }

    [Fact, Trait("Spec", "ENV-039")]
    public async Task Kills_an_extension_without_a_subscription_immediately()
    {
        var stage = await Initialised("INVOKE");
        await stage.Lifecycle.ShutdownAsync(ShutdownReason.Spindown);
        Assert.Equal(["SIGTERM runtime", "SIGKILL alpha", "kill all"], stage.Processes.Log);
    }

    [Theory, Trait("Spec", "ENV-041")]
    [InlineData("timeout")]
    [InlineData("failure")]
    public async Task Gives_the_reason_of_a_reset(string reason)
    {
        var stage = new Stage(["alpha"]);
        var init = stage.Lifecycle.InitAsync();
        await stage.Register("alpha", "SHUTDOWN");
        _ = stage.RuntimeNext();
        var next = stage.ExtensionNext("alpha");
        await init;
        _ = stage.Lifecycle.InvokeAsync(stage.NewInvocation());
        if (reason == "timeout")
            stage.Advance(3_000);
        else
            stage.Processes.Exit("runtime", ProcessExit.WithStatus(1));

        (await next).IsRefused(out _, out var sent);
        Assert.Equal(reason, Assert.IsType<ExtensionEvent.Shutdown>(sent).Reason.ToWireName());
    }

    [Fact, Trait("Spec", "ENV-042")]
    public async Task Never_answers_a_parked_next_of_the_runtime()
    {
        var stage = new Stage();
        var init = stage.Lifecycle.InitAsync();
        var next = stage.RuntimeNext();
        await init;
        await stage.Lifecycle.ShutdownAsync(ShutdownReason.Spindown);
        Assert.False(next.IsCompleted);
    }

    [Fact]
    public async Task Exits_during_shutdown_are_no_crash()
    {
        var stage = await Initialised("SHUTDOWN");
        var shutdown = stage.Lifecycle.ShutdownAsync(ShutdownReason.Spindown);
        stage.Processes.Exit("alpha", ProcessExit.WithStatus(1));
        await shutdown;
        Assert.DoesNotContain(stage.Events.Of<ParticipantStepped>(), step => step.Failure is not null);
    }

    [Fact]
    public async Task Is_the_end_an_invoke_after_it_fails_at_once()
    {
        var stage = await Initialised();
        await stage.Lifecycle.ShutdownAsync(ShutdownReason.Spindown);
        var response = new RecordedResponse();
        await stage.Lifecycle.InvokeAsync(stage.NewInvocation(response: response));
        Assert.Equal(ErrorType.SandboxFailure, response.Error!.ErrorType);
        Assert.DoesNotContain("start runtime", stage.Processes.Log);
    }

    [Fact]
    public async Task Before_any_init_does_nothing_to_nobody()
    {
        var stage = new Stage();
        await stage.Lifecycle.ShutdownAsync(ShutdownReason.Spindown);
        Assert.Equal(["kill all"], stage.Processes.Log);
    }

    [Fact]
    public async Task Is_not_over_for_good_while_somebody_lives_whom_nobody_here_has_started()
    {
        var stage = await Initialised();
        stage.Processes.HasImmortalGrandchild = true;
        Assert.False(await stage.Lifecycle.ShutdownAsync(ShutdownReason.Spindown));
        Assert.Equal(PhaseStatus.Failure, stage.Events.Of<PhaseEnded>()[^1].Status);
    }

    private static async Task<Stage> Initialised(params string[] events)
    {
        var stage = new Stage(events.Length == 0 ? [] : ["alpha"]);
        await stage.GoodInit(events);
        stage.Processes.Log.Clear();
        return stage;
    }
}
