using Microsoft.Extensions.Time.Testing;
using Thaw.Environments;
using Thaw.Sandboxing;

namespace Thaw.UnitTests.Environments;

/// <summary>When an environment is frozen, and when it goes on: <see cref="Freezing"/> over a sandbox that only writes down.</summary>
public class Frozen_environment
{
    private static readonly TimeSpan Half = Freezing.Patience / 2;

    private readonly FakeTimeProvider time = new();
    private readonly List<string> told = [];

    [Fact, Trait("Spec", "ENV-013")]
    public void Is_frozen_a_little_after_its_phase_and_thawed_before_the_next()
    {
        var sandbox = new FakeFreezable();
        var freezing = Over(sandbox);
        Phase(freezing);
        time.Advance(Half);
        Assert.Equal("", sandbox.Asked);
        time.Advance(Half);
        Assert.Equal("freeze", sandbox.Asked);
        Assert.Equal(["frozen"], told);

        Assert.True(Awake(freezing).IsCompletedSuccessfully);
        Assert.Equal("freeze thaw", sandbox.Asked);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("freeze thaw", sandbox.Asked);
    }

    [Fact]
    public void Stays_frozen_as_long_as_nothing_begins()
    {
        var sandbox = new FakeFreezable();
        Phase(Over(sandbox));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("freeze", sandbox.Asked);
    }

    [Fact]
    public void Is_never_frozen_while_one_phase_follows_the_other()
    {
        var sandbox = new FakeFreezable();
        var freezing = Over(sandbox);
        for (var count = 0; count < 100; count++)
        {
            Phase(freezing);
            time.Advance(Freezing.Patience - TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal("", sandbox.Asked);
        time.Advance(Freezing.Patience);
        Assert.Equal("freeze", sandbox.Asked);
    }

    [Fact]
    public async Task Is_frozen_only_when_no_phase_of_several_runs()
    {
        var sandbox = new FakeFreezable();
        var freezing = Over(sandbox);
        await freezing.AwakeAsync();
        Phase(freezing);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("", sandbox.Asked);
        freezing.Rest();
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("freeze", sandbox.Asked);
    }

    [Fact]
    public async Task Waits_for_what_is_left_of_the_phase()
    {
        var (sandbox, settled) = (new FakeFreezable(), new TaskCompletionSource());
        var freezing = Over(sandbox, () => settled.Task);
        Phase(freezing);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("", sandbox.Asked);
        settled.SetResult();
        Assert.Equal("freeze", sandbox.Asked);

        settled = new TaskCompletionSource();
        Phase(freezing);
        time.Advance(TimeSpan.FromMinutes(1));
        await freezing.AwakeAsync();
        settled.SetResult();
        Assert.Equal("freeze thaw", sandbox.Asked);
    }

    [Fact]
    public void Does_not_wait_until_everybody_stands_still()
    {
        var sandbox = new FakeFreezable { Standing = new TaskCompletionSource().Task };
        var freezing = Over(sandbox);
        Phase(freezing);
        time.Advance(Freezing.Patience);
        Assert.True(Awake(freezing).IsCompletedSuccessfully);
        Assert.Equal("freeze thaw", sandbox.Asked);
    }

    [Fact]
    public async Task Is_thawed_behind_the_freeze_that_a_phase_crosses()
    {
        var (sandbox, phases) = (new FakeFreezable(), new List<Task>());
        var freezing = Over(sandbox);
        sandbox.WhileFreezing = () =>
        {
            phases.Add(Awake(freezing));
            phases.Add(Awake(freezing));
            Assert.DoesNotContain(phases, phase => phase.IsCompleted);
            Assert.Equal("freeze", sandbox.Asked);
        };
        Phase(freezing);
        time.Advance(Freezing.Patience);
        await Task.WhenAll(phases);
        Assert.Equal("freeze thaw", sandbox.Asked);
        Assert.Empty(told);
    }

    [Fact]
    public void Begins_every_phase_when_the_thaw_is_over()
    {
        var thawing = new TaskCompletionSource();
        var sandbox = new FakeFreezable { Thawing = thawing.Task };
        var freezing = Over(sandbox);
        Phase(freezing);
        time.Advance(Freezing.Patience);
        var (one, other) = (Awake(freezing), Awake(freezing));
        Assert.False(one.IsCompleted || other.IsCompleted);
        thawing.SetResult();
        Assert.True(one.IsCompleted && other.IsCompleted);
        Assert.Equal("freeze thaw", sandbox.Asked);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Stays_awake_when_it_cannot_be_frozen_and_says_so_once(bool later)
    {
        var standing = new TaskCompletionSource();
        var sandbox = new FakeFreezable { Standing = standing.Task };
        if (!later)
            sandbox.WhileFreezing = () => throw new SandboxException("no freezer");
        var freezing = Over(sandbox);
        Phase(freezing);
        time.Advance(Freezing.Patience);
        if (later)
            standing.SetException(new SandboxException("no freezer"));
        for (var count = 0; count < 3; count++)
        {
            Phase(freezing);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(later ? "freeze thaw" : "freeze", sandbox.Asked);
        Assert.Equal("cannot freeze: no freezer", told[^1]);
        Assert.Single(told, what => what != "frozen");
    }

    [Fact]
    public void Tells_that_it_cannot_be_thawed_before_the_phase_begins()
    {
        var sandbox = new FakeFreezable { Thawing = Task.FromException(new SandboxException("the group is gone")) };
        var freezing = Over(sandbox);
        Phase(freezing);
        time.Advance(Freezing.Patience);
        Assert.True(Awake(freezing).IsCompletedSuccessfully);
        Assert.Equal(["frozen", "cannot thaw: the group is gone"], told);

        freezing.Rest();
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(Awake(freezing).IsCompletedSuccessfully);
        Assert.Equal("freeze thaw", sandbox.Asked);
    }

    [Fact]
    public async Task Is_awake_for_good_in_the_end()
    {
        var sandbox = new FakeFreezable();
        var freezing = Over(sandbox);
        Phase(freezing);
        time.Advance(Freezing.Patience);
        await freezing.EndAsync();
        await freezing.EndAsync();
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("freeze thaw", sandbox.Asked);
    }

    [Fact]
    public void Is_left_alone_where_there_is_no_freezer()
    {
        var sandbox = new FakeFreezable { CanFreeze = false };
        var freezing = Over(sandbox);
        Phase(freezing);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("", sandbox.Asked);
        Assert.Empty(told);
    }

    [Fact]
    public async Task Is_awake_in_every_phase_whoever_crosses_whom()
    {
        var runs = false;
        var sandbox = new CountingFreezable(() => Volatile.Read(ref runs));
        var freezing = new Freezing(sandbox, time);
        var clock = Task.Run(() => PassTimeUntil(() => sandbox.IsEnough), TestContext.Current.CancellationToken);
        while (!sandbox.IsEnough)
        {
            await freezing.AwakeAsync();
            await Task.Yield();    // Whoever passes the time may have brought us here, and is to go on.
            Volatile.Write(ref runs, true);
            Assert.False(sandbox.IsFrozen);
            Thread.SpinWait(20);
            Volatile.Write(ref runs, false);
            freezing.Rest();
            Thread.SpinWait(100);
        }

        await clock;
        await freezing.EndAsync();
        Assert.False(sandbox.IsFrozen);
        Assert.Equal(0, sandbox.FrozenInPhase);
    }

    private void PassTimeUntil(Func<bool> isEnough)
    {
        while (!isEnough())
            time.Advance(Freezing.Patience);
    }

    private Freezing Over(FakeFreezable sandbox, Func<Task>? settled = null) => new(sandbox, time)
    {
        Settled = settled ?? (() => Task.CompletedTask),
        Frozen = () => told.Add("frozen"),
        CannotFreeze = reason => told.Add($"cannot freeze: {reason}"),
        CannotThaw = reason => told.Add($"cannot thaw: {reason}"),
    };

    private static Task Awake(Freezing freezing) => freezing.AwakeAsync().AsTask();

    private static void Phase(Freezing freezing)
    {
        Assert.True(Awake(freezing).IsCompleted);
        freezing.Rest();
    }

    private sealed class CountingFreezable(Func<bool> phaseRuns) : IFreezable
    {
        private volatile bool isFrozen;
        private volatile int freezes;

        public bool CanFreeze => true;

        public bool IsFrozen => isFrozen;

        public bool IsEnough => freezes >= 1_000;

        public int FrozenInPhase { get; private set; }

        public ValueTask FreezeAsync()
        {
            isFrozen = true;
            freezes++;
            FrozenInPhase += phaseRuns() ? 1 : 0;
            return default;
        }

        public ValueTask ThawAsync()
        {
            isFrozen = false;
            return default;
        }
    }
}
