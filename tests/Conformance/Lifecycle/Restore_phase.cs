using Thaw.Contracts;
using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;
using Thaw.Testing;

namespace Thaw.ConformanceTests.Lifecycle;

public class Restore_phase
{
    private readonly Stage stage = new(type: InitializationType.SnapStart);

    [Fact, Trait("Spec", "ENV-121")]
    public async Task Releases_the_parked_call_and_ends_with_the_runtimes_next()
    {
        var parked = await InitParked();
        Assert.False(parked.IsCompleted);
        var restore = stage.Lifecycle.RestoreAsync();
        Assert.False((await parked).IsRefused(out _, out _));
        Assert.False(restore.IsCompleted);

        _ = stage.RuntimeNext();
        Assert.True((await restore).IsSuccess);
    }

    [Fact, Trait("Spec", "ENV-124")]
    public async Task Has_nothing_to_wait_for_when_the_runtime_went_straight_to_next()
    {
        await stage.GoodInit();
        Assert.True((await stage.Lifecycle.RestoreAsync()).IsSuccess);
    }

    [Fact]
    public async Task Fails_when_the_hooks_take_more_than_ten_seconds()
    {
        await InitParked();
        var restore = stage.Lifecycle.RestoreAsync();
        stage.Advance(10_000);
        Assert.Equal(ErrorType.RuntimeRestoreHookUserTimeout, Assert.IsType<PhaseOutcome.Failed>(await restore).ErrorType);
    }

    [Fact]
    public async Task That_overruns_is_a_timeout_of_no_known_type_in_its_events()
    {
        await InitParked();
        var restore = stage.Lifecycle.RestoreAsync();
        stage.Advance(10_000);
        await restore;
        AssertReported(PhaseStatus.Timeout, "Runtime.Unknown");
        Assert.Equal(10_000, stage.Events.Of<RestoreReport>().Single().BilledDuration.TotalMilliseconds);
    }

    [Fact, Trait("Spec", "ENV-123"), Trait("Spec", "ENV-066")]
    public async Task That_fails_has_the_posted_type_in_its_events()
    {
        await InitParked();
        var restore = stage.Lifecycle.RestoreAsync();
        await stage.Runtime.RestoreErrorAsync(new InvocationError(ErrorType.FromRuntimeHeader("Nope"), default, ""));
        await restore;
        AssertReported(PhaseStatus.Error, "Runtime.Unknown");
    }

    [Fact, Trait("Spec", "ENV-043")]
    public async Task Costs_the_time_of_the_hooks()
    {
        await InitParked();
        var restore = stage.Lifecycle.RestoreAsync();
        stage.Advance(37);
        _ = stage.RuntimeNext();
        await restore;
        Assert.Equal(37, stage.Events.Of<RestoreReport>().Single().BilledDuration.TotalMilliseconds);

        foreach (var expected in new (double? Restore, long Billed)[] { (37, 48), (null, 11) })
        {
            var metrics = await stage.GoodInvoke(10.4);
            Assert.Equal(expected, (metrics.BilledRestoreDuration?.TotalMilliseconds, metrics.BilledMilliseconds(Dialects.Newest)));
        }
    }

    [Fact, Trait("Spec", "ENV-124")]
    public async Task Costs_nothing_when_there_are_no_hooks()
    {
        await stage.GoodInit();
        await stage.Lifecycle.RestoreAsync();
        Assert.Equal(TimeSpan.Zero, stage.Events.Of<RestoreReport>().Single().BilledDuration);
    }

    [Theory, Trait("Spec", "ENV-123")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fails_with_the_error_that_the_runtime_posts_to_either_address(bool old)
    {
        await InitParked();
        var restore = stage.Lifecycle.RestoreAsync();
        var error = new InvocationError(new ErrorType("Runtime.AfterRestoreError"), "{}"u8.ToArray(), "application/json");
        var answer = old ? await stage.Runtime.InitErrorAsync(error) : await stage.Runtime.RestoreErrorAsync(error);

        Assert.False(answer.IsRefused(out _, out _));
        Assert.Equal("Runtime.AfterRestoreError", Assert.IsType<PhaseOutcome.Failed>(await restore).ErrorType.Name);
    }

    [Fact]
    public async Task Fails_when_the_runtime_exits()
    {
        await InitParked();
        var restore = stage.Lifecycle.RestoreAsync();
        stage.Processes.Exit("runtime", ProcessExit.WithStatus(65));
        Assert.Equal(ErrorType.RuntimeExitError, Assert.IsType<PhaseOutcome.Failed>(await restore).ErrorType);
    }

    [Fact, Trait("Spec", "ENV-043")]
    public async Task Shows_in_the_next_report_in_place_of_the_init_duration()
    {
        await InitParked();
        var restore = stage.Lifecycle.RestoreAsync();
        stage.Advance(40);
        _ = stage.RuntimeNext();
        await restore;
        var metrics = await stage.GoodInvoke(milliseconds: 0);
        Assert.Equal((null, 40.0), (metrics.InitDuration, metrics.RestoreDuration?.TotalMilliseconds));
        Assert.Equal(
            [typeof(RestoreStart), typeof(RestoreRuntimeDone), typeof(RestoreReport), typeof(InvokeStart)],
            stage.Events.Of<PlatformEvent>().Select(happened => happened.GetType()).SkipWhile(type => type != typeof(RestoreStart))
                .Take(4));
    }

    [Fact]
    public async Task That_timed_out_leaves_nothing_to_invoke()
    {
        await InitParked();
        var restore = stage.Lifecycle.RestoreAsync();
        stage.Advance(10_000);
        await restore;
        var response = new RecordedResponse();
        var invoke = stage.Lifecycle.InvokeAsync(stage.NewInvocation(response: response));
        Assert.Equal(ErrorType.RuntimeRestoreHookUserTimeout, Assert.IsType<PhaseOutcome.Failed>(await invoke).ErrorType);
        Assert.Equal(ErrorType.RuntimeRestoreHookUserTimeout, response.Error!.ErrorType);
    }

    [Fact]
    public async Task Of_what_was_never_initialised_fails()
    {
        var init = stage.Lifecycle.InitAsync();
        stage.Processes.Exit("runtime", ProcessExit.WithStatus(1));
        await init;
        Assert.IsType<PhaseOutcome.Failed>(await stage.Lifecycle.RestoreAsync());
    }

    [Fact]
    public async Task Before_it_a_call_of_next_is_refused()
    {
        await InitParked();
        (await stage.RuntimeNext()).IsRefused(out var refusal, out _);
        Assert.Equal(Refusal.RuntimeTransition("RestoreReady", "Ready"), refusal);
    }

    private void AssertReported(PhaseStatus status, string type)
    {
        var (done, report) = (stage.Events.Of<RestoreRuntimeDone>().Single(), stage.Events.Of<RestoreReport>().Single());
        Assert.Equal((status, type), (done.Status, done.ErrorType?.Name));
        Assert.Equal((status, type), (report.Status, report.ErrorType?.Name));
    }

    private async Task<Task<Answer<RestoreEvent>>> InitParked()
    {
        var init = stage.Lifecycle.InitAsync();
        var parked = stage.Runtime.RestoreNextAsync(CancellationToken.None);
        Assert.True((await init).IsSuccess);
        return parked;
    }
}
