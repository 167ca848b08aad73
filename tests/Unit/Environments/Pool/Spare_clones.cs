using Thaw.Environments;
using Thaw.Environments.Pool;

namespace Thaw.UnitTests.Environments.Pool;

/// <summary>Environments that are ready before anybody asks. They take turns and memory that nobody else needs.</summary>
public sealed class Spare_clones
{
    private const long Megabyte = 1024 * 1024;

    private readonly PoolStage stage = new(new PoolSettings { MemoryBytes = 512 * Megabyte });

    private IEnumerable<FakeEnvironment> Living => stage.Made.Where(one => !one.IsEnding);

    [Fact]
    public void Are_made_one_after_the_other_without_a_caller()
    {
        Keep(2);
        _ = Assert.Single(stage.Made);
        stage.Do(stage.Made[0].EndInit);
        Assert.Equal(2, stage.Made.Count);
        stage.Do(stage.Made[1].EndInit);
        Assert.Equal(2, stage.Made.Count);
        Assert.Equal(256 * Megabyte, stage.Pool.MemoryTaken);
    }

    [Fact]
    public void Serve_the_first_of_a_burst_at_once_and_are_replaced_behind_them()
    {
        Keep(2);
        Ready();
        var (one, two) = (stage.LeaseNow(), stage.LeaseNow());
        Assert.Equal([stage.Made[1], stage.Made[0]], [one.Environment, two.Environment]);
        Ready();
        Assert.Equal(4, stage.Made.Count);

        // Those that come back are more than enough, and none is made for the next.
        stage.Return(one);
        stage.Return(two);
        _ = stage.LeaseNow();
        Assert.Equal(4, stage.Made.Count);
    }

    [Fact]
    public void Are_given_to_a_caller_who_waits_for_a_turn_while_they_are_made()
    {
        var stage = new PoolStage(new PoolSettings { StartsAtOnce = 1 });
        stage.Do(() => stage.Pool.KeepSpares(FakeEnvironments.Plan(), 1));
        var lease = stage.Lease();
        Assert.False(lease.IsCompleted);
        stage.Do(stage.Made[0].EndInit);
        Assert.Same(stage.Made[0], PoolStage.Slot(lease).Environment);
    }

    [Fact]
    public void Do_not_grow_old_without_work_but_what_is_more_than_enough_does()
    {
        Keep(1);
        Ready();
        var slots = new[] { stage.LeaseNow(), stage.LeaseNew() };
        Ready();
        Array.ForEach(slots, slot => stage.Return(slot));
        stage.Pass(TimeSpan.FromMinutes(12));
        _ = Assert.Single(Living);
        stage.Pass(TimeSpan.FromMinutes(120));
        _ = Assert.Single(Living);
    }

    [Fact]
    public void Are_replaced_when_they_are_of_an_age_or_broken()
    {
        Keep(1);
        Ready();
        stage.Pass(TimeSpan.FromHours(4) + TimeSpan.FromMinutes(2));
        Assert.True(stage.Made[0].IsEnding);
        Ready();
        Assert.Equal(2, stage.Made.Count);
        stage.Made[1].IsBroken = true;
        stage.Pass(TimeSpan.FromMinutes(2));
        Ready();
        Assert.Equal([true, true, false], stage.Made.Select(one => one.IsEnding));
    }

    [Fact]
    public void Give_way_to_callers_of_others_and_come_back_when_there_is_memory_again()
    {
        Keep(4);
        Ready();
        Assert.Equal(4, stage.Made.Count);
        var lease = stage.Lease(FakeEnvironments.Plan("other"));
        Assert.True(stage.Made[0].IsEnding);
        stage.Do(stage.Made[0].EndShutdown);
        stage.Do(stage.Made[4].EndInit);
        Assert.Equal(5, stage.Made.Count);
        stage.Return(PoolStage.Slot(lease), isFit: false);
        stage.Do(stage.Made[4].EndShutdown);
        Assert.Equal("f", stage.Made[5].Plan.Function.Name);
    }

    [Fact]
    public void Give_way_even_while_they_are_made()
    {
        Keep(1, memory: 512);
        var lease = stage.Lease(FakeEnvironments.Plan("other"));
        Assert.False(lease.IsCompleted);
        stage.Do(stage.Made[0].EndInit);
        Assert.True(stage.Made[0].IsEnding);
        stage.Do(stage.Made[0].EndShutdown);
        stage.Do(stage.Made[1].EndInit);
        _ = PoolStage.Slot(lease);
        Assert.Equal(128 * Megabyte, stage.Pool.MemoryTaken);
    }

    [Fact]
    public void Push_nobody_out()
    {
        stage.Return(stage.LeaseNew(FakeEnvironments.Plan("other", 512)));
        Keep(1);
        Assert.False(Assert.Single(stage.Made).IsEnding);
    }

    [Fact]
    public void Wait_while_callers_wait_for_a_turn()
    {
        var stage = new PoolStage(new PoolSettings { StartsAtOnce = 1 });
        var lease = stage.Lease(FakeEnvironments.Plan("other"));
        stage.Do(() => stage.Pool.KeepSpares(FakeEnvironments.Plan(), 1));
        _ = Assert.Single(stage.Made);
        stage.Do(stage.Made[0].EndInit);
        _ = PoolStage.Slot(lease);
        Assert.Equal("f", stage.Made[1].Plan.Function.Name);
    }

    [Fact]
    public void That_cannot_be_made_are_tried_again_later_and_keep_nothing()
    {
        stage.Environments.Refusal = "no room";
        Keep(1);
        Assert.Equal(0, stage.Pool.MemoryTaken);
        stage.Environments.Refusal = null;
        Keep(1, function: "good");
        stage.Do(stage.Made[0].EndInit);
        Assert.Equal(["good"], stage.Made.Select(one => one.Plan.Function.Name));
        stage.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(["good", "f"], stage.Made.Select(one => one.Plan.Function.Name));
    }

    [Fact]
    public void That_do_not_get_ready_end()
    {
        Keep(1);
        stage.Do(() => stage.Made[0].FailInit());
        Assert.True(stage.Made[0].IsEnding);
        _ = Assert.Single(stage.Made);
        stage.Do(stage.Made[0].EndShutdown);
        Assert.Equal(0, stage.Pool.MemoryTaken);
    }

    [Fact]
    public void Of_a_version_that_is_no_more_end_ready_or_not()
    {
        Keep(2);
        stage.Do(stage.Made[0].EndInit);
        stage.Do(() => stage.Pool.Forget(new VersionId("f", "$LATEST")));
        Assert.Equal([true, false], stage.Made.Select(one => one.IsEnding));
        stage.Do(stage.Made[1].EndInit);
        Assert.Equal([true, true], stage.Made.Select(one => one.IsEnding));
        stage.Do(() => stage.Made.ForEach(one => one.EndShutdown()));
        Assert.Equal((2, 0), (stage.Made.Count, stage.Pool.MemoryTaken));
    }

    [Fact]
    public void End_with_the_pool()
    {
        Keep(2);
        stage.Do(stage.Made[0].EndInit);
        var drained = stage.Do(stage.Pool.DrainAsync);
        stage.Do(stage.Made[0].EndShutdown);
        Assert.False(drained.IsCompleted);
        stage.Do(stage.Made[1].EndInit);
        stage.Do(stage.Made[1].EndShutdown);
        Assert.True(drained.IsCompleted);
        Keep(3);
        Assert.Equal(2, stage.Made.Count);
    }

    [Fact]
    public void May_be_wanted_no_more()
    {
        Keep(2);
        Ready();
        Keep(0);
        stage.Pass(TimeSpan.FromMinutes(12));
        Assert.Empty(Living);
    }

    [Fact]
    public void Of_an_older_plan_are_replaced()
    {
        Keep(1);
        Ready();
        stage.Do(() => stage.Pool.KeepSpares(FakeEnvironments.Plan(revision: 2), 1));
        Ready();
        Assert.Equal([(1L, true), (2L, false)], stage.Made.Select(one => (one.Plan.Revision, one.IsEnding)));
    }

    private void Keep(int count, int memory = 128, string function = "f") =>
        stage.Do(() => stage.Pool.KeepSpares(FakeEnvironments.Plan(function, memory), count));

    /// <summary>Lets all be made that are wanted.</summary>
    private void Ready()
    {
        for (var at = 0; at < stage.Made.Count; at++)
        {
            if (!stage.Made[at].IsReady)
                stage.Do(stage.Made[at].EndInit);
        }
    }
}
