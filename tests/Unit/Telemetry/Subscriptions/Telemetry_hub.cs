using System.Text;
using System.Text.Json;
using Thaw.Contracts;

namespace Thaw.UnitTests.Telemetry.Subscriptions;

public class Telemetry_hub
{
    [Fact]
    public void Passes_every_event_on_at_once_subscribers_or_not()
    {
        var stage = new TelemetryStage();
        stage.Write("before");
        stage.BeginInit();
        stage.Subscribe();
        stage.Write("within");
        stage.EndInit();
        stage.Write("after");

        Assert.Equal(8, stage.Next.All.Count);
        Assert.IsType<OutputLines>(stage.Next.All[^1]);
    }

    [Fact, Trait("Spec", "ENV-095")]
    public void Gives_a_late_subscriber_all_that_has_happened_since_Init_began()
    {
        var stage = new TelemetryStage();
        stage.BeginInit();
        stage.Write("first", "second");
        stage.WriteAs("extension-1", "third");
        stage.Subscribe();
        stage.Write("fourth");
        stage.Advance(1_000);

        Assert.Equal(
            ["initStart", "function", "function", "extension", "telemetrySubscription", "function"],
            stage.Listener().Types);
        Assert.Equal(["first", "second", "third", "fourth"], stage.Listener().Records.Where(IsOutput).Select(RecordOf));
    }

    [Fact, Trait("Spec", "ENV-095")]
    public void Replays_only_what_the_subscriber_asked_for()
    {
        var stage = new TelemetryStage();
        stage.BeginInit();
        stage.Write("function's");
        stage.WriteAs("extension-1", "extension's");
        stage.Subscribe(types: ["extension"]);
        stage.Advance(1_000);

        Assert.Equal(["extension's"], stage.Listener().Records.Select(RecordOf));
    }

    [Fact, Trait("Spec", "ENV-095")]
    public void Keeps_the_last_lines_of_a_long_Init_and_counts_the_others()
    {
        var stage = new TelemetryStage();
        stage.BeginInit();
        stage.WriteMany(Limits.ReplayedEvents + 4);
        stage.Subscribe(maxItems: Limits.MaxTelemetryItems, maxBytes: Limits.MaxTelemetryBytes);
        stage.Advance(1_000);
        stage.Advance(1_000);

        var dropped = JsonDocument.Parse(stage.Listener().Records[0]).RootElement;
        Assert.Equal("platform.logsDropped", dropped.GetProperty("type").GetString());
        Assert.Equal(5, dropped.GetProperty("record").GetProperty("droppedRecords").GetInt64());
        Assert.Equal("initStart", stage.Listener().Types.ElementAt(1));
        Assert.Equal("line 5", RecordOf(stage.Listener().Records[2]));
    }

    [Fact, Trait("Spec", "ENV-031")]
    public void Forgets_subscribers_when_the_processes_start_again()
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed();
        stage.Begin(Phase.Shutdown);
        stage.End(Phase.Shutdown);
        Assert.True(listener.IsDisposed);
        stage.BeginInit();
        stage.Write("of the next generation");
        stage.Advance(5_000);

        Assert.DoesNotContain(listener.Records, IsOutput);
        Assert.Equal(0, stage.Memory.Used);
    }

    [Fact]
    public void Sends_nothing_while_the_environment_is_frozen()
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed(timeoutMs: 25);
        stage.Write("late");
        stage.End(Phase.Invoke);
        stage.WriteMany(2_000);
        stage.Advance(3_600_000);
        Assert.Empty(listener.Attempts);

        // A batch that is older than its time goes as soon as somebody can take it.
        stage.Begin(Phase.Invoke);
        Assert.Equal("late", RecordOf(listener.Records[0]));
    }

    [Fact]
    public void Lets_an_attempt_end_that_the_freeze_found_under_way_and_gives_it_all_its_time()
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed(timeoutMs: 25);
        listener.Answer = null;
        stage.Write("slowly");
        stage.Advance(25);
        stage.Advance(4_999);
        stage.End(Phase.Invoke);
        stage.Advance(3_600_000);
        Assert.False(listener.WasGivenUp);

        stage.Begin(Phase.Invoke);
        stage.Advance(0.5);
        Assert.False(listener.WasGivenUp);
        stage.Advance(0.5);
        Assert.True(listener.WasGivenUp);
    }

    [Fact]
    public void Sends_what_is_left_in_Shutdown_without_waiting_for_more()
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed(timeoutMs: 30_000);
        stage.Write("last");
        stage.End(Phase.Invoke);
        Assert.Empty(listener.Records);

        stage.Begin(Phase.Shutdown);
        Assert.Equal("last", RecordOf(listener.Records[0]));
        stage.Write("very last");
        Assert.Equal("very last", RecordOf(listener.Records[1]));
        stage.End(Phase.Shutdown);
        stage.Write("too late");
        Assert.Equal(2, listener.Records.Count);
    }

    [Fact]
    public void Cuts_the_pause_after_a_failure_short_in_Shutdown()
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed(timeoutMs: 25);
        listener.Answer = false;
        stage.Write("last");
        for (var second = 0; second < 60; second++)
            stage.Advance(1_000);
        listener.Answer = true;
        stage.End(Phase.Invoke);
        stage.Begin(Phase.Shutdown);

        Assert.Equal(["last"], listener.Records.Select(RecordOf));
    }

    [Fact, Trait("Spec", "ENV-094")]
    public async Task Brings_what_there_is_before_a_snapshot_and_leaves_no_way_open()
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed(timeoutMs: 30_000);
        stage.Write("last");
        stage.End(Phase.Invoke);
        await stage.LetGoAsync();
        Assert.Equal(["last"], listener.Records.Select(RecordOf));
        Assert.False(listener.IsOpen);

        stage.WriteMany(2_000);
        stage.Advance(3_600_000);
        Assert.Single(listener.Attempts);
        stage.Begin(Phase.Shutdown);
        Assert.Equal("line 0", RecordOf(listener.Records[1]));
    }

    [Fact, Trait("Spec", "ENV-097")]
    public async Task Keeps_what_a_listener_that_hangs_does_not_take_before_a_snapshot()
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed(timeoutMs: 25);
        listener.Answer = null;
        stage.Write("late");
        stage.End(Phase.Invoke);
        await stage.LetGoAsync(milliseconds: 2_000);
        Assert.True(listener is { WasGivenUp: true, IsOpen: false, IsDisposed: false });

        listener.Answer = true;
        stage.Advance(3_600_000);
        Assert.Empty(listener.Records);
        stage.Begin(Phase.Shutdown);
        Assert.Equal(["late"], listener.Records.Select(RecordOf));
    }

    [Fact]
    public async Task Gives_up_a_listener_that_hangs_when_everything_ends()
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed(timeoutMs: 25);
        listener.Answer = null;
        stage.Write("never");
        stage.Advance(25);
        await stage.DisposeAsync();

        Assert.True(listener.WasGivenUp && listener.IsDisposed);
        Assert.Equal(0, stage.Memory.Used);
    }

    [Fact, Trait("Spec", "ENV-107")]
    public void Speaks_to_each_subscriber_in_its_own_schema()
    {
        var stage = new TelemetryStage(logging: new LoggingConfig { Format = LogFormat.Json });
        stage.BeginInit();
        stage.Subscribe(1, schema: TelemetrySchema.Telemetry20220701);
        stage.Subscribe(2, schema: TelemetrySchema.Telemetry20221213);
        stage.Subscribe(3, schema: TelemetrySchema.Logs20210318);
        stage.EndInit();
        stage.Begin(Phase.Invoke);
        stage.Write("""{"message":"hello"}""");
        stage.Emit(new InvokeReport(
            new RequestId("id"), PhaseStatus.Success, null, new InvokeMetrics(TimeSpan.FromSeconds(1), 128, 20, null, null), []));
        stage.Advance(1_000);

        Assert.Equal(JsonValueKind.String, KindOfOutput(1));
        Assert.Equal(JsonValueKind.Object, KindOfOutput(2));
        Assert.Equal(JsonValueKind.String, KindOfOutput(3));
        Assert.Equal(["function", "report"], stage.Listener(1).Types.TakeLast(2));
        Assert.Equal(["function", "end", "report"], stage.Listener(3).Types.TakeLast(3));
        Assert.Contains("logsSubscription", stage.Listener(3).Types);
        Assert.DoesNotContain("initStart", stage.Listener(3).Types);

        JsonValueKind KindOfOutput(int port) =>
            JsonDocument.Parse(stage.Listener(port).Records.Single(IsOutput)).RootElement.GetProperty("record").ValueKind;
    }

    [Fact]
    public void Takes_a_frame_as_one_record_whatever_lines_it_has()
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed(timeoutMs: 25);
        stage.Emit(new LogFrame(ParticipantNames.Runtime, Encoding.UTF8.GetBytes("one\ntwo\n"), LogSeverity.Info, IsJson: false));
        stage.Advance(25);

        Assert.Equal(["one\ntwo"], listener.Records.Select(RecordOf));
    }

    private static bool IsOutput(string record) => !record.Contains("\"platform.", StringComparison.Ordinal);

    private static string RecordOf(string record) => JsonDocument.Parse(record).RootElement.GetProperty("record").GetString()!;
}
