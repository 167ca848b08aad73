using Thaw.Environments.Pool;

namespace Thaw.UnitTests.Environments.Pool;

/// <summary>Memory for environments that are not the pool's. Callers go first, and nobody at work gives way.</summary>
public sealed class Memory_loans
{
    private const long Megabyte = 1024 * 1024;

    private readonly PoolStage stage = new(new PoolSettings { MemoryBytes = 256 * Megabyte });
    private readonly CancellationTokenSource unwanted = new();

    [Fact]
    public void Count_until_they_are_given_back()
    {
        var loan = Borrow(128);
        Assert.True(loan.IsCompletedSuccessfully);
        _ = stage.LeaseNew();
        PoolStage.Refusal<Lease.OutOfMemory>(stage.Lease());
        Assert.Equal(256 * Megabyte, stage.Pool.MemoryTaken);
        GiveBack(loan);
        GiveBack(loan);
        Assert.Equal(128 * Megabyte, stage.Pool.MemoryTaken);
        _ = stage.LeaseNew();
    }

    [Fact]
    public void Come_from_environments_without_work_and_are_used_when_those_are_gone()
    {
        stage.Return(stage.LeaseNew(FakeEnvironments.Plan("old")));
        stage.Return(stage.LeaseNew(FakeEnvironments.Plan("young")));
        var loan = Borrow(128);
        Assert.Equal([true, false], stage.Made.Select(one => one.IsEnding));
        Assert.False(loan.IsCompleted);
        stage.Do(stage.Made[0].EndShutdown);
        Assert.True(loan.IsCompletedSuccessfully);
    }

    [Fact]
    public void Wait_while_all_are_at_work_and_nobody_gives_way_before_that_is_enough()
    {
        var (one, two) = (stage.LeaseNew(FakeEnvironments.Plan("one")), stage.LeaseNew(FakeEnvironments.Plan("two")));
        var loan = Borrow(256);
        stage.Pass(TimeSpan.FromMinutes(1));
        stage.Return(one);
        Assert.False(stage.Made[0].IsEnding);
        stage.Return(two);
        Assert.Equal([true, true], stage.Made.Select(each => each.IsEnding));
        stage.Do(stage.Made[0].EndShutdown);
        Assert.False(loan.IsCompleted);
        stage.Do(stage.Made[1].EndShutdown);
        Assert.True(loan.IsCompletedSuccessfully);
    }

    [Fact]
    public void Come_in_the_order_in_which_they_were_asked_for()
    {
        var first = Borrow(128);
        var (large, small) = (Borrow(256), Borrow(128));
        Assert.Equal([true, false, false], ((Task[])[first, large, small]).Select(loan => loan.IsCompleted));
        GiveBack(first);
        Assert.Equal([true, false], ((Task[])[large, small]).Select(loan => loan.IsCompleted));
        GiveBack(large);
        Assert.True(small.IsCompletedSuccessfully);
    }

    [Fact]
    public void Keep_no_caller_waiting_while_they_wait_themselves()
    {
        _ = stage.LeaseNew();
        var loan = Borrow(256);
        _ = stage.LeaseNew();
        Assert.False(loan.IsCompleted);
    }

    [Fact]
    public void Go_to_the_next_in_line_when_they_are_not_wanted_any_more()
    {
        _ = stage.LeaseNew();
        var large = BorrowWhileWanted(256);
        var small = Borrow(128);
        Assert.False(small.IsCompleted);
        stage.Do(unwanted.Cancel);
        Assert.True(large.IsCanceled);
        Assert.True(small.IsCompletedSuccessfully);
    }

    [Fact]
    public void Are_given_back_when_nobody_wants_them_before_those_who_gave_way_are_gone()
    {
        stage.Return(stage.LeaseNew(FakeEnvironments.Plan("f", 256)));
        var loan = BorrowWhileWanted(256);
        stage.Do(unwanted.Cancel);
        Assert.True(loan.IsCanceled);
        stage.Do(stage.Made[0].EndShutdown);
        Assert.Equal(0, stage.Pool.MemoryTaken);
    }

    [Fact]
    public async Task Are_refused_when_they_are_more_than_there_will_ever_be()
    {
        Assert.Null(await Borrow(257));
        Assert.NotNull(await Borrow(256));
    }

    [Fact]
    public void Go_before_spare_environments()
    {
        stage.Do(() => stage.Pool.KeepSpares(FakeEnvironments.Plan(), 2));
        stage.Do(stage.Made[0].EndInit);
        var loan = Borrow(256);
        Assert.True(stage.Made[0].IsEnding);
        stage.Do(stage.Made[0].EndShutdown);
        stage.Do(stage.Made[1].EndInit);
        stage.Do(stage.Made[1].EndShutdown);
        Assert.True(loan.IsCompletedSuccessfully);
        Assert.Equal(2, stage.Made.Count);
        GiveBack(loan);
        Assert.Equal(3, stage.Made.Count);
    }

    [Fact]
    public void Hold_no_drain_up_and_come_no_more()
    {
        var (lent, waiting) = (Borrow(256), BorrowWhileWanted(128));
        Assert.True(stage.Do(stage.Pool.DrainAsync).IsCompleted);
        GiveBack(lent);
        Assert.False(waiting.IsCompleted);
        stage.Do(unwanted.Cancel);
        Assert.True(waiting.IsCanceled);
        Assert.Equal(0, stage.Pool.MemoryTaken);
    }

    private Task<MemoryLoan?> Borrow(int megabytes) =>
        stage.Do(() => stage.Pool.BorrowAsync(FakeEnvironments.Plan("original", megabytes), CancellationToken.None));

    private Task<MemoryLoan?> BorrowWhileWanted(int megabytes) =>
        stage.Do(() => stage.Pool.BorrowAsync(FakeEnvironments.Plan("original", megabytes), unwanted.Token));

    private void GiveBack(Task<MemoryLoan?> loan) => stage.Do(loan.Result!.Dispose);
}
