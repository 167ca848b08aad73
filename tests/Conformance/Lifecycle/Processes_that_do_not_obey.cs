using Thaw.Contracts;
using Thaw.Lifecycle;
using Thaw.Testing;

namespace Thaw.ConformanceTests.Lifecycle;

/// <summary>The sandbox may be slow to start a process, or unable to kill one.</summary>
public class Processes_that_do_not_obey
{
    [Fact]
    public async Task Do_not_keep_init_from_ending_at_its_limit_when_their_start_hangs()
    {
        var stage = new Stage();
        stage.Processes.SlowStarts["runtime"] = new TaskCompletionSource();
        var init = stage.Lifecycle.InitAsync();
        stage.Advance(10_000);

        Assert.IsType<PhaseOutcome.TimedOut>(await init);
    }

    [Fact]
    public async Task Are_killed_when_they_start_after_everyone_was_killed()
    {
        var stage = new Stage();
        var start = stage.Processes.SlowStarts["runtime"] = new TaskCompletionSource();
        var init = stage.Lifecycle.InitAsync();
        stage.Advance(10_000);
        await init;

        start.SetResult();
        Assert.False(stage.Processes.IsAlive("runtime"));
    }

    [Fact]
    public async Task Fail_an_invocation_when_the_platform_cannot_even_look_for_them()
    {
        var stage = new Stage();
        stage.Processes.StartFault = new IOException("The disk is gone");
        var response = new RecordedResponse();
        var failed = Assert.IsType<PhaseOutcome.Failed>(await stage.Lifecycle.InvokeAsync(stage.NewInvocation(response: response)));

        Assert.Equal(ErrorType.SandboxFailure, failed.ErrorType);
        Assert.EndsWith("Error: The disk is gone\"}", response.ErrorBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hold_up_a_shutdown_for_two_seconds_at_most()
    {
        var stage = new Stage();
        await stage.GoodInit();
        stage.Processes.Immortal.Add("runtime");
        var shutdown = stage.Lifecycle.ShutdownAsync(ShutdownReason.Spindown);
        stage.Advance(1_999);
        Assert.False(shutdown.IsCompleted);
        stage.Advance(1);
        await shutdown;

        var ended = Assert.Single(stage.Events.Of<PhaseEnded>(), phase => phase.Phase == Phase.Shutdown);
        Assert.Equal(PhaseStatus.Failure, ended.Status);
    }

    [Fact]
    public async Task Get_no_successor_beside_them()
    {
        var stage = new Stage();
        await stage.GoodInit();
        stage.Processes.Immortal.Add("runtime");
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation());
        stage.Advance(3_000);
        stage.Advance(2_000);
        Assert.IsType<PhaseOutcome.TimedOut>(await invoke);
        stage.Processes.Log.Clear();

        var failed = Assert.IsType<PhaseOutcome.Failed>(await stage.Lifecycle.InvokeAsync(stage.NewInvocation()));
        Assert.Equal(ErrorType.SandboxFailure, failed.ErrorType);
        Assert.DoesNotContain("start runtime", stage.Processes.Log);
    }
}
