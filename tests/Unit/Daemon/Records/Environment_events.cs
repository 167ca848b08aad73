using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Thaw.Contracts;
using Thaw.Daemon.Logs;
using Thaw.Daemon.Records;
using Thaw.Testing;

namespace Thaw.UnitTests.Daemon.Records;

public sealed class Environment_events : IDisposable
{
    private static readonly RequestId Request = new("r1");

    private readonly FakeTimeProvider time = new();
    private readonly LogTails tails = new();
    private readonly RecordedEvents told = new();
    private readonly EventBatches batches;
    private readonly EnvironmentEvents events;

    public Environment_events()
    {
        batches = new EventBatches(time);
        events = new EnvironmentEvents(batches, tails, told);
    }

    public void Dispose() => batches.Dispose();

    [Fact]
    public void Reach_every_sink()
    {
        var (one, two) = (new RecordedEvents(), new RecordedEvents());
        var happened = new EnvironmentEnded();
        new EnvironmentEvents(batches, tails, one, two).Emit(happened);
        Assert.Same(happened, Assert.Single(one.All));
        Assert.Same(happened, Assert.Single(two.All));
    }

    [Fact]
    public async Task Have_room_when_each_sink_has_some()
    {
        var (one, two) = (new FullSink(), new FullSink());
        var room = new EnvironmentEvents(batches, tails, new RecordedEvents(), one, two).RoomAsync().AsTask();
        one.Room.SetResult();
        Assert.False(room.IsCompleted);
        two.Room.SetResult();
        await room;
        Assert.True(new EnvironmentEvents(batches, tails, one, two).RoomAsync().AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public void Of_a_good_invocation_wait_a_moment_and_keep_their_order()
    {
        var happened = Emit(GoodInvocation());
        Assert.Empty(told.All);
        time.Advance(EventBatches.Patience);
        Assert.Equal(happened, told.All);

        // And once more: the timer is set anew.
        Emit(GoodInvocation());
        Assert.Equal(happened.Length, told.All.Count);
        time.Advance(EventBatches.Patience);
        Assert.Equal(2 * happened.Length, told.All.Count);
    }

    [Fact]
    public void Are_told_before_somebody_reads_what_is_made_of_them()
    {
        var happened = Emit(GoodInvocation());
        _ = new EnvironmentRecords(Guid.NewGuid, batches).All();
        Assert.Equal(happened, told.All);
    }

    [Fact]
    public void Of_all_environments_are_told_together()
    {
        var others = new RecordedEvents();
        var another = new EnvironmentEvents(batches, tails, others);
        another.Emit(GoodInvocation()[0]);
        time.Advance(EventBatches.Patience / 2);
        events.Emit(GoodInvocation()[0]);
        time.Advance(EventBatches.Patience / 2);
        Assert.Single(others.All);
        Assert.Single(told.All);
    }

    [Fact]
    public void Are_told_when_the_daemon_ends()
    {
        var happened = Emit(GoodInvocation());
        batches.Dispose();
        Assert.Equal(happened, told.All);
    }

    public static TheoryData<LifecycleEvent> Urgent =>
    [
        new OutputLines(ParticipantNames.Runtime, "a line"u8.ToArray()),
        new LogFrame(ParticipantNames.Runtime, "a frame"u8.ToArray(), null, false),
        new PhaseStarted(Phase.Init, false, null),
        new PhaseStarted(Phase.Shutdown, false, null),
        new ParticipantStepped(ParticipantNames.Runtime, ParticipantStep.Gone, "exit 1"),
        new InvokeFault(Request, "it crashed", ErrorType.RuntimeExitError, null),
        new RuntimeDone(Request, PhaseStatus.Error, ErrorType.RuntimeExitError, null, null, []),
        new InvokeReport(Request, PhaseStatus.Timeout, null, Metrics, []),
        new PhaseEnded(Phase.Invoke, PhaseStatus.Failure, null),
        new PhaseEnded(Phase.Init, PhaseStatus.Success, null),
        new ExtensionReport("ext", "Ready", [], null),
        new LogsDropped("ext", 1, 1, "slow"),
        new EnvironmentFrozen(),
        new EnvironmentEnded(),
    ];

    [Theory]
    [MemberData(nameof(Urgent), DisableDiscoveryEnumeration = true)]
    public void That_somebody_must_know_are_told_at_once_behind_those_that_waited(LifecycleEvent urgent)
    {
        var started = GoodInvocation()[0];
        events.Emit(started);
        events.Emit(urgent);
        Assert.Equal(2, told.All.Count);
        Assert.Same(started, told.All[0]);
        Assert.Equal(urgent.GetType(), told.All[1].GetType());
    }

    [Fact]
    public void Do_not_wait_while_a_caller_wants_the_end_of_a_log()
    {
        var started = GoodInvocation()[0];
        events.Emit(started);
        tails.Want(new InvocationId("i1"));
        var happened = Emit(GoodInvocation());
        Assert.Equal([started, .. happened], told.All);
        tails.Forget(new InvocationId("i1"));
        events.Emit(started);
        Assert.Equal(1 + happened.Length, told.All.Count);
    }

    [Fact]
    public async Task That_are_many_are_told_by_another_thread_before_their_time()
    {
        var tellers = new ConcurrentQueue<Thread>();
        var noting = new EnvironmentEvents(batches, tails, new Noting(() => tellers.Enqueue(Thread.CurrentThread)));
        var emitting = new Thread(() =>
        {
            for (var count = 0; count < EnvironmentEvents.Many + 50; count++)
                noting.Emit(GoodInvocation()[0]);
        });
        emitting.Start();
        while (tellers.Count < EnvironmentEvents.Many)
            await Task.Delay(1, TestContext.Current.CancellationToken);
        emitting.Join();
        Assert.DoesNotContain(emitting, tellers);
    }

    [Fact]
    public async Task Are_bounded_even_when_nobody_else_tells_them()
    {
        using var goOn = new ManualResetEventSlim();
        var (emitted, noted, happened) = (0, 0, GoodInvocation()[0]);
        var full = new EnvironmentEvents(batches, tails, new Noting(() =>
        {
            goOn.Wait(CancellationToken.None);
            Interlocked.Increment(ref noted);
        }));
        var emitting = Task.Run(
            () =>
            {
                for (var count = 0; count < 5 * Limits.UntoldEvents; count++)
                {
                    full.Emit(happened);
                    Interlocked.Increment(ref emitted);
                }
            },
            CancellationToken.None);

        // Whoever tells stands still: some are with it, as many as may be wait, and the next one must wait for it too.
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.InRange(Volatile.Read(ref emitted), 0, 2 * Limits.UntoldEvents);
        goOn.Set();
        await emitting;
        batches.TellAll();
        Assert.Equal(5 * Limits.UntoldEvents, noted);
    }

    private static InvokeMetrics Metrics => new(TimeSpan.Zero, 128, 1, null, null);

    private static LifecycleEvent[] GoodInvocation() =>
    [
        new PhaseStarted(Phase.Invoke, false, Request, new InvocationId("i1")),
        new InvokeStart(Request, "$LATEST", InvocationOrigin.None),
        new RuntimeDone(Request, PhaseStatus.Success, null, TimeSpan.Zero, 0, []),
        new InvokeReport(Request, PhaseStatus.Success, null, Metrics, []),
        new PhaseEnded(Phase.Invoke, PhaseStatus.Success, null),
    ];

    private LifecycleEvent[] Emit(LifecycleEvent[] happened)
    {
        foreach (var one in happened)
            events.Emit(one);
        return happened;
    }

    private sealed class Noting(Action note) : ILifecycleEvents
    {
        public void Emit(LifecycleEvent happened) => note();
    }

    private sealed class FullSink : ILifecycleEvents
    {
        public TaskCompletionSource Room { get; } = new();

        public void Emit(LifecycleEvent happened)
        {
        }

        public ValueTask RoomAsync() => new(Room.Task);
    }
}
