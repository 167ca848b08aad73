using Thaw.Environments;
using Thaw.Environments.Pool;

namespace Thaw.UnitTests.Environments.Pool;

/// <summary>Environments together may take so much: those without work give way, and when all are at work callers are refused.</summary>
public sealed class Pool_memory
{
    private readonly PoolStage stage = new(new PoolSettings { MemoryBytes = 256L * 1024 * 1024 });

    [Fact]
    public void Is_given_by_environments_without_work_the_longest_idle_first_and_used_when_they_are_gone()
    {
        var (old, young) = (stage.LeaseNew(Plan("old")), stage.LeaseNew(Plan("young")));
        stage.Return(old);
        stage.Return(young);

        var lease = stage.Lease(Plan("new"));
        Assert.Equal([true, false], stage.Made.Select(one => one.IsEnding));
        stage.Do(stage.Made[0].EndShutdown);
        Assert.Equal("new", stage.Made[2].Plan.Function.Name);
        stage.Do(stage.Made[2].EndInit);
        _ = PoolStage.Slot(lease);
    }

    [Fact]
    public void Is_used_as_soon_as_all_processes_of_its_last_owner_are_gone_whatever_else_is_left_of_him()
    {
        stage.Return(stage.LeaseNew(Plan("f", 256)));
        var lease = stage.Lease(Plan("new", 256));
        stage.Do(() => stage.Made[0].LeaveOnly());
        stage.Do(stage.Made[1].EndInit);
        Assert.Same(stage.Made[1], PoolStage.Slot(lease).Environment);
        Assert.Equal(256L * 1024 * 1024, stage.Pool.MemoryTaken);
    }

    [Fact]
    public void Is_not_used_while_somebody_is_in_it_who_cannot_be_killed()
    {
        stage.Return(stage.LeaseNew(Plan("f", 256)));
        _ = stage.Lease(Plan("new", 256));
        stage.Do(() => stage.Made[0].LeaveOnly(allGone: false));
        Assert.Single(stage.Made);
        stage.Do(stage.Made[0].EndDestruction);
        Assert.Equal("new", stage.Made[1].Plan.Function.Name);
    }

    [Fact]
    public void Is_refused_at_once_when_all_are_at_work()
    {
        var slot = stage.LeaseNew();
        _ = stage.LeaseNew();
        PoolStage.Refusal<Lease.OutOfMemory>(stage.Lease());
        PoolStage.Refusal<Lease.OutOfMemory>(stage.Lease(Plan("other")));
        stage.Return(slot);
        _ = stage.LeaseNow();
    }

    [Fact]
    public void Is_not_given_for_a_caller_who_is_refused_all_the_same()
    {
        _ = stage.LeaseNew();
        stage.Return(stage.LeaseNew(Plan("idle")));
        PoolStage.Refusal<Lease.OutOfMemory>(stage.Lease(Plan("large", 512)));
        PoolStage.Refusal<Lease.OutOfMemory>(stage.Lease(Plan("large", 256)));
        Assert.False(stage.Made[1].IsEnding);
    }

    [Fact]
    public void Of_an_environment_that_ends_already_is_enough_for_the_next()
    {
        stage.Return(stage.LeaseNew(Plan("f", 256)));
        var lease = stage.Lease(Plan("f", 256, revision: 2));
        Assert.True(Assert.Single(stage.Made).IsEnding);
        Assert.False(lease.IsCompleted);
        stage.Do(stage.Made[0].EndShutdown);
        stage.Do(stage.Made[1].EndInit);
        Assert.Same(stage.Made[1], PoolStage.Slot(lease).Environment);
    }

    [Fact]
    public void Goes_from_what_ends_already_before_anybody_else_must_give_way()
    {
        stage.Return(stage.LeaseNew(Plan("idle")));
        stage.Return(stage.LeaseNew(Plan("gone")));
        stage.Do(() => stage.Pool.Forget(new VersionId("gone", "$LATEST")));
        _ = stage.Lease(Plan("new"));
        Assert.Equal([false, true], stage.Made.Select(one => one.IsEnding));
    }

    [Fact]
    public void Is_all_back_when_everything_has_ended()
    {
        stage.Return(stage.LeaseNew(Plan("a")));
        stage.Return(stage.LeaseNew(Plan("b")));
        var lease = stage.Lease(Plan("c", 256));
        stage.Do(() => stage.Made.ToList().ForEach(one => one.EndShutdown()));
        stage.Do(stage.Made[2].EndInit);
        Assert.Equal(256L * 1024 * 1024, stage.Pool.MemoryTaken);
        stage.Return(PoolStage.Slot(lease), isFit: false);
        stage.Do(stage.Made[2].EndShutdown);
        Assert.Equal(0, stage.Pool.MemoryTaken);
    }

    private static EnvironmentPlan Plan(string function, int memory = 128, long revision = 1) =>
        FakeEnvironments.Plan(function, memory, revision);
}
