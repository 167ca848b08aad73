using Microsoft.Extensions.Time.Testing;
using Thaw.Environments.Snapshots;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Snapshots;
using Thaw.Testing;
using Thaw.UnitTests.Environments.Pool;

namespace Thaw.UnitTests.Environments.Snapshots;

public sealed class Version_snapshots : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TaskCompletionSource begun = new(), mayFail = new();
    private readonly VersionSnapshots snapshots;
    private readonly List<(bool IsRestored, string Function)> turnedOut = [];
    private readonly Loan loan = new();
    private TaskCompletionSource<IDisposable?> memory = new();
    private Exception? impossible;
    private bool hasEnded;

    public Version_snapshots()
    {
        memory.SetResult(loan);
        snapshots = new(
            folder.Path,
            long.MaxValue,
            async _ =>
            {
                begun.TrySetResult();
                await mayFail.Task;
                throw new SandboxException("there is no sandbox");
            },
            _ => impossible is null ? Task.FromResult<Snapshotter>(null!) : Task.FromException<Snapshotter>(impossible),
            new FakeTimeProvider(),
            _ => { },
            (_, stop) => memory.Task.WaitAsync(stop));
        snapshots.TurnedOut += (version, isRestored) => turnedOut.Add((isRestored, version.Function));
    }

    public async ValueTask DisposeAsync()
    {
        mayFail.TrySetResult();
        if (!hasEnded)
            await snapshots.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Break_off_what_is_being_taken_of_a_version_that_is_forgotten()
    {
        var plan = FakeEnvironments.Plan();
        var taking = snapshots.TakeAsync(plan);
        await begun.Task;
        await snapshots.ForgetAsync(plan.Version);
        mayFail.SetResult();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);

        // The next one has nothing to do with it.
        await Assert.ThrowsAsync<SnapshotFailedException>(() => snapshots.TakeAsync(plan));
    }

    [Fact]
    public async Task Tell_when_one_is_wanted_and_none_can_be_taken()
    {
        mayFail.SetResult();
        var plan = FakeEnvironments.Plan();
        Assert.Null(await snapshots.FindAsync(plan));
        await UntilAsync(count: 1);
        Assert.Equal([(false, plan.Version.Function)], turnedOut);
        Assert.Null(await snapshots.FindAsync(plan));

        // Deleted, and made again.
        await snapshots.ForgetAsync(plan.Version);
        impossible = new SandboxException("there is no CRIU");
        Assert.Null(await snapshots.FindAsync(plan));
        await UntilAsync(count: 2);
        Assert.Equal("there is no CRIU", await snapshots.WhyNotAsync(plan));
    }

    [Fact]
    public async Task Have_memory_before_their_original_is_made_and_until_it_is_gone()
    {
        memory = new();
        var taking = snapshots.TakeAsync(FakeEnvironments.Plan());
        Assert.False(begun.Task.IsCompleted);
        memory.SetResult(loan);
        await begun.Task;
        Assert.False(loan.IsBack);
        mayFail.SetResult();
        await Assert.ThrowsAsync<SnapshotFailedException>(() => taking);
        Assert.True(loan.IsBack);
    }

    [Fact]
    public async Task Wait_for_memory_until_nobody_wants_them()
    {
        memory = new();
        var plan = FakeEnvironments.Plan();
        var taking = snapshots.TakeAsync(plan);
        await snapshots.ForgetAsync(plan.Version);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
        Assert.False(begun.Task.IsCompleted);
    }

    [Fact]
    public async Task Are_impossible_when_there_will_never_be_memory_for_them()
    {
        memory = new();
        memory.SetResult(null);
        var impossible = await Assert.ThrowsAsync<SnapshotImpossibleException>(() => snapshots.TakeAsync(FakeEnvironments.Plan()));
        Assert.Equal("its 128 MB are more than all environments may have together (fix: --memory allows more)", impossible.Message);
    }

    [Fact]
    public async Task Are_broken_off_and_not_failed_when_the_daemon_ends()
    {
        var taking = snapshots.TakeAsync(FakeEnvironments.Plan());
        await begun.Task;
        var ending = snapshots.DisposeAsync().AsTask();
        hasEnded = true;
        mayFail.SetResult();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
        await ending;
    }

    private async Task UntilAsync(int count)
    {
        while (turnedOut.Count < count)
            await Task.Delay(1, TestContext.Current.CancellationToken);
    }
    private sealed class Loan : IDisposable
    {
        public bool IsBack { get; private set; }

        public void Dispose() => IsBack = true;
    }
}
