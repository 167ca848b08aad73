using Thaw.Environments.Pool;

namespace Thaw.UnitTests.Environments.Pool;

public sealed class Environment_pool
{
    private static readonly PoolSettings Standard = new();

    private readonly PoolStage stage = new();

    [Fact]
    public void Makes_an_environment_for_who_finds_none_and_hands_it_out_when_it_is_ready()
    {
        var lease = stage.Lease();
        Assert.False(lease.IsCompleted);
        stage.Do(Assert.Single(stage.Made).EndInit);
        Assert.Same(stage.Made[0], PoolStage.Slot(lease).Environment);
    }

    [Fact]
    public void Hands_out_the_one_that_worked_last()
    {
        var (first, second) = (stage.LeaseNew(), stage.LeaseNew());
        stage.Return(second);
        stage.Return(first);
        Assert.Same(stage.Made[0], stage.LeaseNow().Environment);
        Assert.Same(stage.Made[1], stage.LeaseNow().Environment);
        Assert.Equal(2, stage.Made.Count);
    }

    [Fact]
    public void Never_hands_out_an_environment_of_another_function()
    {
        stage.Return(stage.LeaseNew(FakeEnvironments.Plan("other")));
        Assert.Same(stage.LeaseNew(FakeEnvironments.Plan("f")).Environment, stage.Made[1]);
    }

    [Fact]
    public void Lets_a_caller_wait_for_one_that_has_answered()
    {
        var slot = stage.LeaseNew();
        stage.Do(slot.Answered);
        var lease = stage.Lease();
        Assert.False(lease.IsCompleted);
        stage.Return(slot);
        Assert.Same(stage.Made[0], PoolStage.Slot(lease).Environment);
        stage.Pass(Standard.FinishingPatience);
        Assert.Single(stage.Made);
    }

    [Fact]
    public void Makes_another_when_patience_is_at_an_end()
    {
        stage.Do(stage.LeaseNew().Answered);
        var lease = stage.Lease();
        stage.Pass(Standard.FinishingPatience - TimeSpan.FromMilliseconds(1));
        Assert.Single(stage.Made);
        stage.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, stage.Made.Count);
        stage.Do(stage.Made[1].EndInit);
        Assert.Same(stage.Made[1], PoolStage.Slot(lease).Environment);
    }

    [Fact]
    public void Gives_each_caller_its_own_patience()
    {
        var slot = stage.LeaseNew();
        stage.Do(slot.Answered);
        var early = stage.Lease();
        stage.Pass(Standard.FinishingPatience / 4);
        stage.Return(slot);
        stage.Do(PoolStage.Slot(early).Answered);
        stage.Pass(Standard.FinishingPatience / 4);
        var late = stage.Lease();

        // The timer that was set for the first one rings in between.
        stage.Pass(Standard.FinishingPatience - TimeSpan.FromMilliseconds(1));
        Assert.Single(stage.Made);
        stage.Pass(TimeSpan.FromMilliseconds(2));
        Assert.Equal(2, stage.Made.Count);
        stage.Do(stage.Made[1].EndInit);
        Assert.Same(stage.Made[1], PoolStage.Slot(late).Environment);
    }

    [Fact]
    public void Lets_no_more_callers_wait_than_have_been_answered()
    {
        stage.Do(stage.LeaseNew().Answered);
        _ = stage.Lease();
        Assert.Single(stage.Made);
        _ = stage.Lease();
        Assert.Equal(2, stage.Made.Count);
    }

    [Fact]
    public void Waits_for_nothing_when_the_only_environment_has_not_answered()
    {
        _ = stage.LeaseNew();
        _ = stage.Lease();
        Assert.Equal(2, stage.Made.Count);
    }

    [Fact]
    public void Starts_no_more_at_once_than_it_may_and_the_next_when_one_is_ready()
    {
        var pool = new PoolStage(new PoolSettings { StartsAtOnce = 2 });
        var leases = Enumerable.Range(0, 4).Select(_ => pool.Lease()).ToArray();
        Assert.Equal(2, pool.Made.Count);
        pool.Do(pool.Made[0].EndInit);
        Assert.Equal(3, pool.Made.Count);
        Assert.Equal([true, false, false, false], leases.Select(lease => lease.IsCompleted));
    }

    [Fact]
    public void Hands_one_that_comes_back_to_the_first_who_waits_for_a_start()
    {
        var pool = new PoolStage(new PoolSettings { StartsAtOnce = 1 });
        var slot = pool.LeaseNew();
        _ = pool.Lease();
        var (first, second) = (pool.Lease(), pool.Lease());
        pool.Return(slot);
        Assert.Same(pool.Made[0], PoolStage.Slot(first).Environment);
        Assert.False(second.IsCompleted);
        Assert.Equal(2, pool.Made.Count);
    }

    [Fact]
    public void Fills_the_slots_of_an_environment_before_it_makes_another()
    {
        var pool = new PoolStage(new PoolSettings { SlotsPerEnvironment = 2 });
        var first = pool.LeaseNew();
        Assert.Same(first.Environment, pool.LeaseNow().Environment);
        Assert.NotSame(first.Environment, pool.LeaseNew().Environment);
        pool.Return(first);
        Assert.Same(first.Environment, pool.LeaseNow().Environment);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Gives_everything_back_when_an_environment_could_not_be_made(bool isLostInInit)
    {
        var pool = new PoolStage(new PoolSettings { StartsAtOnce = 1, MemoryBytes = 128L * 1024 * 1024 });
        pool.Environments.Refusal = isLostInInit ? null : "no sandbox today";
        var lease = pool.Lease();
        if (isLostInInit)
            pool.Do(pool.Made[0].LoseSandbox);
        Assert.Contains(isLostInInit ? "lost" : "today", PoolStage.Refusal<Lease.Failed>(lease).Reason, StringComparison.Ordinal);
        if (isLostInInit)
            pool.Do(pool.Made[0].EndShutdown);
        Assert.Equal(0, pool.Pool.MemoryTaken);

        pool.Environments.Refusal = null;
        pool.Return(pool.LeaseNew());
        var drained = pool.Do(pool.Pool.DrainAsync);
        pool.Do(pool.Made[^1].EndShutdown);
        Assert.True(drained.IsCompleted);
    }

    [Fact]
    public void Drains_when_all_work_is_done_and_refuses_who_comes_meanwhile()
    {
        var (busy, free) = (stage.LeaseNew(), stage.LeaseNew());
        stage.Return(free);
        var waits = stage.Lease(FakeEnvironments.Plan("slow"));
        var drained = stage.Do(stage.Pool.DrainAsync);

        Assert.Equal([false, true, false], stage.Made.Select(one => one.IsEnding));
        PoolStage.Refusal<Lease.Closed>(stage.Lease());
        stage.Do(stage.Made[2].EndInit);
        stage.Return(PoolStage.Slot(waits));
        stage.Return(busy);
        Assert.All(stage.Made, one => Assert.True(one.IsEnding));
        Assert.False(drained.IsCompleted);
        stage.Do(() => stage.Made.ToList().ForEach(one => one.EndShutdown()));
        Assert.True(drained.IsCompleted);
    }

    [Fact]
    public void Drains_by_refusing_who_waits_in_line()
    {
        var pool = new PoolStage(new PoolSettings { StartsAtOnce = 1 });
        var (starting, inLine) = (pool.Lease(), pool.Lease());
        _ = pool.Do(pool.Pool.DrainAsync);
        PoolStage.Refusal<Lease.Closed>(inLine);
        pool.Do(pool.Made[0].EndInit);
        _ = PoolStage.Slot(starting);
    }

    [Fact]
    public void Is_drained_at_once_when_there_is_nothing() => Assert.True(stage.Do(stage.Pool.DrainAsync).IsCompleted);
}
