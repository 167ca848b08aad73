using Thaw.Environments.Pool;

namespace Thaw.UnitTests.Environments.Pool;

/// <summary>When all have left an environment, what they were in is taken down, but not while others start, who would feel it.</summary>
public sealed class Pool_ends
{
    private readonly PoolStage stage = new(new PoolSettings { MemoryBytes = 256L * 1024 * 1024, LongestCalm = TimeSpan.FromSeconds(1) });

    [Fact]
    public void Come_at_once_when_nobody_starts()
    {
        stage.Return(stage.LeaseNew(), isFit: false);
        stage.Do(() => stage.Made[0].LeaveOnly());
        Assert.True(stage.Made[0].IsBeingDestroyed);
    }

    [Fact]
    public void Wait_for_the_one_who_got_the_memory()
    {
        var lease = Succeed();
        stage.Do(() => stage.Made[0].LeaveOnly());
        Assert.False(stage.Made[0].IsBeingDestroyed);
        stage.Do(stage.Made[1].EndInit);
        Assert.True(stage.Made[0].IsBeingDestroyed);
        _ = PoolStage.Slot(lease);
    }

    [Fact]
    public void Do_not_wait_for_ever()
    {
        _ = Succeed();
        stage.Do(() => stage.Made[0].LeaveOnly());
        stage.Pass(TimeSpan.FromSeconds(0.9));
        Assert.False(stage.Made[0].IsBeingDestroyed);
        stage.Pass(TimeSpan.FromSeconds(0.2));
        Assert.True(stage.Made[0].IsBeingDestroyed);
    }

    [Fact]
    public void Do_not_wait_while_somebody_is_in_there()
    {
        _ = Succeed();
        stage.Do(() => stage.Made[0].LeaveOnly(allGone: false));
        Assert.True(stage.Made[0].IsBeingDestroyed);
    }

    [Fact]
    public void Come_all_the_same_after_a_shutdown_that_nobody_understands()
    {
        var lease = Succeed();
        stage.Do(stage.Made[0].BreakShutdown);
        Assert.True(stage.Made[0].IsBeingDestroyed);
        stage.Do(stage.Made[0].EndDestruction);
        stage.Do(stage.Made[1].EndInit);
        _ = PoolStage.Slot(lease);
    }

    [Fact]
    public void Do_not_wait_in_a_drain()
    {
        var lease = Succeed();
        var drained = stage.Do(stage.Pool.DrainAsync);
        stage.Do(stage.Made[0].EndShutdown);
        Assert.True(stage.Made[0].IsBeingDestroyed);
        stage.Do(stage.Made[1].EndInit);
        stage.Return(PoolStage.Slot(lease));
        stage.Do(stage.Made[1].EndShutdown);
        Assert.True(drained.IsCompleted);
    }

    /// <summary>An environment without work gives way, to one that takes all memory and starts.</summary>
    private Task<Lease> Succeed()
    {
        stage.Return(stage.LeaseNew());
        return stage.Lease(FakeEnvironments.Plan("new", 256));
    }
}
