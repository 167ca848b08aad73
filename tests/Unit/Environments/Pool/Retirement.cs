using Thaw.Environments.Pool;

namespace Thaw.UnitTests.Environments.Pool;

/// <summary>No further work comes to an environment that is long idle, old, broken, stale, or of a function that is gone.</summary>
public sealed class Retirement
{
    private static readonly PoolSettings Settings = new() { IdleLifetime = TimeSpan.FromMinutes(10), Lifetime = TimeSpan.FromHours(1) };

    private readonly PoolStage stage = new(Settings);

    [Fact]
    public void Comes_to_who_was_idle_for_long_and_not_to_who_worked_meanwhile()
    {
        var (first, second) = (stage.LeaseNew(), stage.LeaseNew());
        stage.Return(first);
        stage.Pass(TimeSpan.FromMinutes(9));
        stage.Return(second);
        Assert.False(stage.Made[0].IsEnding);
        stage.Pass(TimeSpan.FromMinutes(2));
        Assert.Equal([true, false], stage.Made.Select(one => one.IsEnding));
    }

    [Fact]
    public void Comes_to_the_old_when_they_have_finished()
    {
        var slot = stage.LeaseNew();
        stage.Pass(Settings.Lifetime);
        Assert.False(stage.Made[0].IsEnding);
        stage.Return(slot);
        Assert.True(stage.Made[0].IsEnding);
        Assert.Same(stage.LeaseNew().Environment, stage.Made[1]);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Comes_to_the_broken(bool whileItWorks)
    {
        var slot = stage.LeaseNew();
        if (!whileItWorks)
            stage.Return(slot);
        stage.Made[0].IsBroken = true;
        if (whileItWorks)
            stage.Return(slot);
        var lease = stage.Lease();
        Assert.True(stage.Made[0].IsEnding);
        stage.Do(stage.Made[1].EndInit);
        Assert.Same(stage.Made[1], PoolStage.Slot(lease).Environment);
    }

    [Fact]
    public void Comes_to_who_is_not_fit_any_more()
    {
        stage.Return(stage.LeaseNew(), isFit: false);
        Assert.True(stage.Made[0].IsEnding);
        Assert.Same(stage.LeaseNew().Environment, stage.Made[1]);
    }

    [Fact]
    public void Comes_to_those_of_an_older_plan_now_or_when_they_have_finished()
    {
        var (busy, free) = (stage.LeaseNew(), stage.LeaseNew());
        stage.Return(free);
        var newer = stage.LeaseNew(FakeEnvironments.Plan(revision: 2));
        Assert.Equal([false, true, false], stage.Made.Select(one => one.IsEnding));
        Assert.Equal(2, stage.Made[2].Plan.Revision);
        stage.Return(busy);
        Assert.True(stage.Made[0].IsEnding);
        stage.Return(newer);
        Assert.Same(stage.Made[2], stage.LeaseNow(FakeEnvironments.Plan(revision: 2)).Environment);
    }

    [Fact]
    public void Comes_to_all_of_a_function_that_is_gone_and_it_may_come_back()
    {
        var (busy, free) = (stage.LeaseNew(), stage.LeaseNew());
        var other = stage.LeaseNew(FakeEnvironments.Plan("other"));
        stage.Return(free);
        stage.Return(other);
        stage.Do(() => stage.Pool.Forget(FakeEnvironments.Plan().Version));
        Assert.Equal([false, true, false], stage.Made.Select(one => one.IsEnding));
        stage.Return(busy);
        Assert.Equal([true, true, false], stage.Made.Select(one => one.IsEnding));
        Assert.Same(stage.LeaseNew().Environment, stage.Made[3]);
    }
}
