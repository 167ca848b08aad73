using Microsoft.Extensions.Time.Testing;
using Thaw.Environments.Events;
using Thaw.Store;

namespace Thaw.UnitTests.Environments.Events;

public sealed class Queue_of_events : IAsyncDisposable
{
    private readonly FakeTimeProvider time = new(Outcomes.Start);
    private readonly DelayingStore store = new();
    private readonly FakeTarget target = new();
    private readonly EventQueue queue;

    public Queue_of_events() => queue = new(store, target, 1000, time);

    public async ValueTask DisposeAsync()
    {
        // A test that fails leaves its functions hanging.
        stuck.TrySetResult();
        await queue.DisposeAsync();
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Tries_each_event_once_and_forgets_it()
    {
        for (var i = 0; i < 100; i++)
            await queue.AcceptAsync(Outcomes.Event($"{i}"));
        await target.UntilAsync(() => target.Told.Count == 100);
        Assert.Equal(100, target.Tried.Select(one => one.RequestId).Distinct().Count());
        await UntilStoredAsync(0);
    }

    [Fact, Trait("Spec", "API-087"), Trait("Spec", "API-088")]
    public async Task Tries_a_failing_event_three_times_under_one_id()
    {
        target.Run = _ => Task.FromResult<EventOutcome>(Outcomes.Failure);
        await queue.AcceptAsync(Outcomes.Event());
        await target.UntilAsync(() => target.Tried.Count == 1);
        await PassAsync(TimeSpan.FromSeconds(30), tried: 1);
        await PassAsync(TimeSpan.FromSeconds(32), tried: 2);
        await PassAsync(TimeSpan.FromSeconds(80), tried: 2);
        await PassAsync(TimeSpan.FromSeconds(45), tried: 3);
        await target.UntilAsync(() => target.Told.Count == 1);
        Assert.Equal(EventCondition.RetriesExhausted, target.Told.Single().End.Condition);
        Assert.Single(target.Tried.Select(one => one.RequestId).Distinct());
    }

    [Fact, Trait("Spec", "API-097")]
    public async Task Goes_on_with_what_an_earlier_process_accepted()
    {
        target.Run = _ => HangAsync();
        await queue.AcceptAsync(Outcomes.Event());
        await target.UntilAsync(() => target.Tried.Count == 1);

        var next = new FakeTarget();
        await using var successor = new EventQueue(store, next, 1000, time);
        await successor.ResumeAsync();
        await next.UntilAsync(() => next.Told.Count == 1);
    }

    [Fact]
    public async Task Lets_one_function_that_hangs_hold_up_nobody_else()
    {
        target.Run = one => one.Function == "hangs" ? HangAsync() : Task.FromResult<EventOutcome>(Outcomes.Success);
        for (var i = 0; i < 50; i++)
            await queue.AcceptAsync(Outcomes.Event($"{i}", "hangs"));
        await queue.AcceptAsync(Outcomes.Event("other", "works"));
        await target.UntilAsync(() => target.Told.Count == 1 && target.Tried.Count == EventPace.Step + 1);
        Assert.Equal(EventPace.Step, target.Tried.Count(one => one.Function == "hangs"));
    }

    [Fact]
    public async Task Gives_more_room_with_every_second_in_which_events_wait()
    {
        target.Run = _ => HangAsync();
        for (var i = 0; i < 50; i++)
            await queue.AcceptAsync(Outcomes.Event($"{i}"));
        await target.UntilAsync(() => target.Tried.Count == EventPace.Step);
        await PassAsync(TimeSpan.FromSeconds(1.1), tried: 2 * EventPace.Step);
    }

    [Fact]
    public async Task Fills_that_room_when_it_is_more_than_was_read()
    {
        target.Run = _ => HangAsync();
        await StoreAsync(EventPace.Step + 3);
        await queue.ResumeAsync();
        await target.UntilAsync(() => target.Tried.Count == EventPace.Step);
        await StoreAsync(50);
        await PassAsync(TimeSpan.FromSeconds(1.1), tried: 2 * EventPace.Step);
    }

    [Fact]
    public async Task Drops_events_of_a_function_that_is_no_more()
    {
        target.Run = _ => Task.FromResult<EventOutcome>(new EventOutcome.Gone());
        await queue.AcceptAsync(Outcomes.Event());
        await target.UntilAsync(() => target.Lost.Count == 1);
        await UntilStoredAsync(0);
    }

    [Fact]
    public async Task Keeps_what_it_could_not_try_before_the_end()
    {
        target.Run = async _ =>
        {
            await HangAsync();
            return new EventOutcome.TurnedAway();
        };
        await queue.AcceptAsync(Outcomes.Event());
        await target.UntilAsync(() => target.Tried.Count == 1);
        var end = queue.DrainAsync();
        stuck.SetResult();
        await end;
        var kept = Assert.Single(await store.ReadAsync(view => view.List(Tables.Events, "orders")));
        Assert.Equal((0, 0), (kept.Attempts, kept.Throttles));
    }

    [Fact, Trait("Spec", "API-087")]
    public async Task Tries_an_event_that_is_put_off_too_late_for_its_place()
    {
        var late = new TaskCompletionSource();
        target.Run = one =>
        {
            if (one is { RequestId: "late", Throttles: 0 })
                late = store.DelayNext();
            return Task.FromResult<EventOutcome>(one.Throttles == 0 ? new EventOutcome.TurnedAway() : Outcomes.Success);
        };
        await queue.AcceptAsync(Outcomes.Event("late"));
        await target.UntilAsync(() => store.IsWaiting);
        time.Advance(TimeSpan.FromMilliseconds(100));
        await queue.AcceptAsync(Outcomes.Event("next"));
        await target.UntilAsync(() => target.Tried.Count == 2);
        await PassAsync(TimeSpan.FromSeconds(2), tried: 3);
        late.SetResult();
        await target.UntilAsync(() => target.Told.Count == 2);
        Assert.Equal(["late", "next", "next", "late"], target.Tried.Select(one => one.RequestId));
        await UntilStoredAsync(0);
    }

    [Fact]
    public async Task Tries_an_event_again_whatever_the_clock_was_set_to()
    {
        target.Run = one =>
        {
            if (one.Throttles == 1)
                time.AdjustTime(Outcomes.Start - TimeSpan.FromHours(1));
            return Task.FromResult<EventOutcome>(one.Throttles < 2 ? new EventOutcome.TurnedAway() : Outcomes.Success);
        };
        await queue.AcceptAsync(Outcomes.Event());
        await target.UntilAsync(() => target.Tried.Count == 1);
        await PassAsync(TimeSpan.FromSeconds(1.5), tried: 2);
        await PassAsync(TimeSpan.FromSeconds(2.5), tried: 3);
        await UntilStoredAsync(0);
    }

    [Fact]
    public async Task Tells_of_an_end_once_however_long_the_store_cannot_be_written()
    {
        target.Run = _ =>
        {
            store.IsFull = true;
            return Task.FromResult<EventOutcome>(Outcomes.Success);
        };
        await queue.AcceptAsync(Outcomes.Event());
        await PassUntilAsync(() => Task.FromResult(target.Notices >= 3));
        store.IsFull = false;
        await PassUntilAsync(async () => await StoredAsync() == 0);
        Assert.Single(target.Told);
        Assert.Single(target.Tried);
    }

    private readonly TaskCompletionSource stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<EventOutcome> HangAsync()
    {
        await stuck.Task;
        return Outcomes.Success;
    }

    // All at once, as an earlier process has left them.
    private Task<bool> StoreAsync(int count) => store.WriteAsync(view =>
    {
        for (var i = 0; i < count; i++)
            view.Put(Tables.Events, Outcomes.Event($"{i}") with { Number = view.NextNumber() });
        return true;
    });

    // In small parts: the line may be on its way to its next look, and what it waits for begins only then.
    private async Task PassAsync(TimeSpan span, int tried)
    {
        var part = TimeSpan.FromMilliseconds(Math.Min(2_000, span.TotalMilliseconds / 10));
        for (var passed = TimeSpan.Zero; passed < span || target.Tried.Count < tried; passed += part)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
            time.Advance(part);
            Assert.True(passed < 20 * span, $"{target.Tried.Count} of {tried} were tried");
        }

        Assert.Equal(tried, target.Tried.Count);
    }

    private async Task PassUntilAsync(Func<Task<bool>> isSo)
    {
        for (var part = 0; !await isSo(); part++)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromMilliseconds(100));
            Assert.True(part < 5_000, "it is never so");
        }
    }

    private async Task UntilStoredAsync(int count)
    {
        while (await StoredAsync() != count)
            await Task.Delay(1, TestContext.Current.CancellationToken);
    }

    private Task<long> StoredAsync() => store.ReadAsync(view => view.Count(Tables.Events, "orders"));
}
