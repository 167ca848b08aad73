using Thaw.Contracts;
using Thaw.Environments.Logs;
using Thaw.Testing;

namespace Thaw.UnitTests.Environments.Logs;

public class Event_order
{
    private readonly RecordedEvents passed = new();
    private readonly TaskCompletionSource flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Puts_late_output_before_the_event_that_closes_its_invocation()
    {
        var order = new EventOrder(passed, () => flushed.Task);
        order.Emit(Start("one"));
        order.Emit(Done("one"));
        order.Emit(Line("late"));
        flushed.SetResult();
        await order.SettledAsync();

        Assert.Equal(["start one", "late", "done one"], passed.All.Select(Describe));
    }

    [Fact]
    public async Task Puts_last_words_before_the_fault_that_they_may_explain()
    {
        var order = new EventOrder(passed, () => flushed.Task);
        order.Emit(new InvokeFault(new RequestId("one"), "exit status 1", ErrorType.RuntimeExitError, null) { Time = default });
        order.Emit(Done("one"));
        order.Emit(Line("last words"));
        flushed.SetResult();
        await order.SettledAsync();

        Assert.Equal(["last words", "fault one", "done one"], passed.All.Select(Describe));
    }

    [Fact]
    public async Task Is_settled_when_the_output_of_an_invocation_has_been_passed_on()
    {
        var order = new EventOrder(passed, () => flushed.Task);
        order.Emit(Done("one"));
        var settled = order.SettledAsync();
        order.Emit(Line("late"));
        Assert.False(settled.IsCompleted);
        flushed.SetResult();
        await settled;

        Assert.Equal(["late", "done one"], passed.All.Select(Describe));
        await order.SettledAsync();
        await order.SettledAsync();
    }

    [Fact]
    public async Task Puts_what_extensions_write_to_the_end_before_the_report()
    {
        Queue<TaskCompletionSource> flushes = new([new(), new()]);
        var asked = new Queue<TaskCompletionSource>(flushes);
        var order = new EventOrder(passed, () => flushes.Dequeue().Task);
        order.Emit(Done("one"));
        order.Emit(Report("one"));
        order.Emit(Start("two"));
        asked.Dequeue().SetResult();
        var settled = order.SettledAsync();
        order.Emit(Line("late"));
        Assert.False(settled.IsCompleted);
        asked.Dequeue().SetResult();
        await settled;

        Assert.Equal(["done one", "late", "report one", "start two"], passed.All.Select(Describe));
    }

    [Fact]
    public async Task Puts_what_an_extension_writes_after_the_runtime_was_done_before_the_report()
    {
        var order = new EventOrder(passed, () => passed.All.Count == 0 ? Task.CompletedTask : flushed.Task);
        order.Emit(Done("one"));
        order.Emit(Report("one"));
        order.Emit(Line("late"));
        flushed.SetResult();
        await order.SettledAsync();

        Assert.Equal(["done one", "late", "report one"], passed.All.Select(Describe));
    }

    [Fact]
    public async Task Passes_on_a_flood_while_it_waits_for_the_flush()
    {
        // The flush is answered only after more lines than may wait: whoever does not read on hangs here.
        var order = new EventOrder(passed, () => flushed.Task);
        order.Emit(Done("one"));
        for (var count = 0; count < 50_000; count++)
            order.Emit(Line("flood"));
        flushed.SetResult();
        await order.SettledAsync();

        Assert.Equal(50_001, passed.All.Count);
        Assert.Equal("done one", Describe(passed.All[^1]));
    }

    [Fact]
    public void Holds_nothing_back_when_there_is_no_output_to_wait_for()
    {
        var order = new EventOrder(passed, () => Task.CompletedTask);
        order.Emit(Done("one"));
        order.Emit(Start("two"));

        Assert.Equal(["done one", "start two"], passed.All.Select(Describe));
        Assert.True(order.SettledAsync().IsCompleted);
    }

    [Fact]
    public async Task Loses_nothing_when_the_sandbox_is_gone()
    {
        var order = new EventOrder(passed, () => Task.CompletedTask);
        order.Emit(Done("one"));
        order.Emit(Line("last words"));
        await order.SettledAsync();

        Assert.Equal(2, passed.All.Count);
    }

    [Fact]
    public void Has_as_much_room_as_whoever_is_next()
    {
        var crowded = new Crowded();
        var order = new EventOrder(crowded, () => Task.CompletedTask);

        Assert.False(order.RoomAsync().AsTask().IsCompleted);
        crowded.Room.SetResult();
        Assert.True(order.RoomAsync().AsTask().IsCompleted);
    }

    private static InvokeStart Start(string id) => new(new RequestId(id), "$LATEST", InvocationOrigin.None) { Time = default };

    private static RuntimeDone Done(string id) => new(new RequestId(id), PhaseStatus.Success, null, default, null, []) { Time = default };

    // Of an invocation with extensions.
    private static InvokeReport Report(string id)
    {
        var metrics = new InvokeMetrics(default, 0, 0, null, null);
        return new(new RequestId(id), PhaseStatus.Success, null, metrics, [new("extensionOverhead", default, default)]) { Time = default };
    }

    private static OutputLines Line(string text) => new("runtime", System.Text.Encoding.UTF8.GetBytes(text)) { Time = default };

    private static string Describe(LifecycleEvent happened) => happened switch
    {
        InvokeStart start => $"start {start.RequestId}",
        InvokeFault fault => $"fault {fault.RequestId}",
        RuntimeDone done => $"done {done.RequestId}",
        InvokeReport report => $"report {report.RequestId}",
        OutputLines line => System.Text.Encoding.UTF8.GetString(line.Text.Span),
        _ => happened.ToString(),
    };

    private sealed class Crowded : ILifecycleEvents
    {
        public TaskCompletionSource Room { get; } = new();

        public void Emit(LifecycleEvent happened)
        {
        }

        public ValueTask RoomAsync() => new(Room.Task);
    }
}
