using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Environments;
using Thaw.Environments.Events;
using Thaw.Environments.Pool;
using Thaw.Lifecycle;
using Thaw.Store.Records;
using Thaw.UnitTests.Environments.Pool;

namespace Thaw.UnitTests.Daemon.Events;

public sealed class Events_of_a_function
{
    [Theory]
    [InlineData("Runtime.ExitError")]
    [InlineData("Function.Unknown")]
    [InlineData("Sandbox.Timedout")]
    public async Task Use_up_an_attempt_when_the_function_fails(string errorType)
    {
        await using var world = new EventWorld { Outcome = new PhaseOutcome.Failed(new ErrorType(errorType), "no luck") };
        Assert.True(Assert.IsType<EventOutcome.Ran>(await world.Events.RunAsync(world.Event())).Failed);
    }

    [Fact]
    public async Task Use_up_no_attempt_when_the_platform_is_at_fault()
    {
        await using var world = new EventWorld { Outcome = new PhaseOutcome.Failed(ErrorType.SandboxFailure, "the sandbox broke") };
        Assert.IsType<EventOutcome.TurnedAway>(await world.Events.RunAsync(world.Event()));
    }

    [Fact]
    public async Task Wake_a_version_that_sleeps_and_wait_for_it()
    {
        var sleeper = new VersionId("f", "3");
        await using var world = new EventWorld { Function = new FunctionState.Asleep(sleeper) };
        Assert.IsType<EventOutcome.TurnedAway>(await world.Events.RunAsync(world.Event()));
        Assert.Equal([sleeper], world.Woken);
    }

    [Fact, Trait("Spec", "API-093")]
    public async Task Do_not_run_where_nothing_may()
    {
        var plan = FakeEnvironments.Plan() with { Reserved = new ConcurrencyLimiter(0) };
        await using var world = new EventWorld { Function = new FunctionState.Ready(plan) };
        var outcome = await world.Events.RunAsync(world.Event());
        Assert.Equal(new EventOutcome.Forbidden(VersionRecord.Latest), outcome);
    }

    [Fact, Trait("Spec", "API-122")]
    public async Task Count_as_throttled_when_there_is_no_room_for_them()
    {
        await using var world = new EventWorld();
        world.Account.Limit = 0;
        Assert.IsType<EventOutcome.TurnedAway>(await world.Events.RunAsync(world.Event()));
        Assert.Equal(1, world.Measured.Throttles);
    }

    [Fact, Trait("Spec", "API-122")]
    public async Task Do_not_count_as_throttled_when_they_are_refused()
    {
        await using var world = new EventWorld { Refusal = "no sandbox can be made" };
        Assert.IsType<EventOutcome.TurnedAway>(await world.Events.RunAsync(world.Event()));
        Assert.Equal(0, world.Measured.Throttles);
    }

    [Theory, Trait("Spec", "API-090")]
    [InlineData(60, true)]
    [InlineData(61, false)]
    public async Task Do_not_run_when_they_are_older_than_they_may_be(int seconds, bool isTried)
    {
        await using var world = new EventWorld();
        await world.ConfigureAsync(new EventInvokeRecord
        {
            Function = "f",
            Qualifier = VersionRecord.Latest,
            MaximumEventAgeInSeconds = 60,
            LastModified = DateTimeOffset.UnixEpoch,
        });
        var waiting = world.Event();
        world.Time.Advance(TimeSpan.FromSeconds(seconds));
        var outcome = await world.Events.RunAsync(waiting);
        Assert.Equal(isTried, outcome is EventOutcome.Ran);
        Assert.Equal(isTried ? null : VersionRecord.Latest, (outcome as EventOutcome.Expired)?.Version);
    }
}
