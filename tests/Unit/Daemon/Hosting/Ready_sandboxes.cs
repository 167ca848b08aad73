using Microsoft.Extensions.Time.Testing;
using Thaw.Daemon.Hosting;
using Thaw.Environments;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Networks;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.UnitTests.Daemon.Hosting;

public sealed class Ready_sandboxes
{
    private readonly FakeTimeProvider time = new();
    private readonly Kind kind = new();

    [Fact]
    public async Task Are_made_one_by_one_while_nobody_takes_any()
    {
        await using var ready = Keep(2);
        Assert.Equal(0, ready.Count);
        await RestUntilAsync(ready, 1);
        await RestUntilAsync(ready, 2);
        time.Advance(ReadySandboxes.Rest);

        Assert.Equal(2, kind.Made.Count);
    }

    [Fact]
    public async Task Go_out_the_longest_ready_first_and_are_replaced_after_a_rest()
    {
        await using var ready = Keep(2);
        await RestUntilAsync(ready, 1);
        await RestUntilAsync(ready, 2);

        Assert.Same(kind.Made[0], await ready.TakeAsync(NetworkKind.Nat));
        time.Advance(ReadySandboxes.Rest / 2);
        Assert.Same(kind.Made[1], await ready.TakeAsync(NetworkKind.Nat));
        time.Advance(ReadySandboxes.Rest / 2);
        Assert.Equal(2, kind.Made.Count);
        await RestUntilAsync(ready, 1);
        Assert.Equal(3, kind.Made.Count);
    }

    [Fact]
    public async Task Are_made_at_once_when_none_waits()
    {
        await using var ready = Keep(0);

        Assert.Same((await ready.TakeAsync(NetworkKind.Nat)), kind.Made.Single());
        time.Advance(ReadySandboxes.Rest);
        Assert.Single(kind.Made);
    }

    [Fact]
    public async Task Are_not_for_functions_with_another_network()
    {
        await using var ready = Keep(1);
        await RestUntilAsync(ready, 1);

        var other = await ready.TakeAsync(NetworkKind.Loopback);
        Assert.Same(kind.Made[1], other);
        Assert.Equal(1, ready.Count);
    }

    [Fact]
    public async Task Are_not_given_out_when_they_have_collapsed()
    {
        await using var ready = Keep(1);
        await RestUntilAsync(ready, 1);
        kind.Made[0].IsBroken = true;

        Assert.Same((await ready.TakeAsync(NetworkKind.Nat)), kind.Made[1]);
        Assert.True(kind.Made[0].IsDisposed);
    }

    [Fact]
    public async Task Are_tried_again_with_the_next_take_when_none_can_be_made()
    {
        await using var ready = Keep(1);
        kind.Fails = true;
        time.Advance(ReadySandboxes.Rest);
        await kind.Tried.WaitAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<SandboxException>(() => ready.TakeAsync(NetworkKind.Nat));

        kind.Fails = false;
        await RestUntilAsync(ready, 1);
    }

    [Fact]
    public async Task Are_all_given_back_in_the_end()
    {
        var ready = Keep(2);
        await RestUntilAsync(ready, 1);
        await RestUntilAsync(ready, 2);
        var taken = await ready.TakeAsync(NetworkKind.Nat);
        await ready.DisposeAsync();
        time.Advance(ReadySandboxes.Rest);

        Assert.True(kind.IsDisposed);
        Assert.False(((Empty)taken).IsDisposed);
        Assert.True(kind.Made[1].IsDisposed);
        Assert.Equal(2, kind.Made.Count);
    }

    private ReadySandboxes Keep(int count) => new(kind, count, NetworkKind.Nat, time);

    // Making goes on on another thread once its time has come.
    private async Task RestUntilAsync(ReadySandboxes ready, int count)
    {
        while (ready.Count < count)
        {
            time.Advance(ReadySandboxes.Rest);
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    private sealed class Kind : ISandboxKind
    {
        private readonly Lock gate = new();

        public SemaphoreSlim Tried { get; } = new(0);

        public List<Empty> Made { get; } = [];

        public bool Fails { get; set; }

        public bool IsDisposed { get; private set; }

        public string Name => "test";

        public Task<IEmptySandbox> MakeAsync(NetworkKind network, Snapshotter? snapshotter = null)
        {
            Tried.Release();
            if (Fails)
                throw new SandboxException("there is none");
            var made = new Empty();
            lock (gate)
                Made.Add(made);
            return Task.FromResult<IEmptySandbox>(made);
        }

        public Task<Snapshotter> StartSnapshotterAsync() => throw new SandboxException("there are no snapshots");

        public Task<RestoredHome> RestoreAsync(
            EnvironmentPlan plan, NetworkKind network, Snapshot snapshot, Snapshotter snapshotter, Func<string, IProcessOutput> outputOf) =>
            throw new SandboxException("there are no snapshots");

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return default;
        }
    }

    private sealed class Empty : IEmptySandbox
    {
        public bool IsBroken { get; set; }

        public bool IsDisposed { get; private set; }

        public Task<EnvironmentHome> FurnishAsync(EnvironmentPlan plan) => throw new NotSupportedException();

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return default;
        }
    }
}
