using System.Text.Json;
using Thaw.Contracts;

namespace Thaw.UnitTests.Telemetry.Subscriptions;

public class Subscribers
{
    [Fact, Trait("Spec", "ENV-096")]
    public void Get_a_batch_when_its_time_is_over()
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed(timeoutMs: 100);
        stage.Write("first");
        stage.Advance(60);
        stage.Write("second");
        stage.Advance(39);
        Assert.Empty(listener.Attempts);

        stage.Advance(1);
        Assert.Equal(2, listener.Records.Count);
        stage.Advance(10_000);
        Assert.Single(listener.Attempts);
    }

    [Fact, Trait("Spec", "ENV-096")]
    public void Get_a_batch_when_it_has_its_items()
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed(maxItems: 1_000);
        stage.WriteMany(999);
        Assert.Empty(listener.Attempts);

        stage.Write("the thousandth");
        Assert.Equal(1_000, listener.Records.Count);
    }

    [Fact, Trait("Spec", "ENV-096")]
    public void Get_a_batch_when_it_has_its_bytes_and_at_most_one_event_more()
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed(maxBytes: 262_144);
        var line = new string('x', 100_000);
        stage.Write(line, line);
        Assert.Empty(listener.Attempts);

        stage.Write(line);
        Assert.InRange(listener.Attempts.Single().Length, 300_000, 300_400);
    }

    [Theory, Trait("Spec", "ENV-097")]
    [InlineData(false)]
    [InlineData(true)]
    public void Get_the_same_batch_again_until_it_has_arrived(bool byException)
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed(timeoutMs: 25);
        (listener.Answer, listener.Fault) = (false, byException ? new IOException("gone") : null);
        stage.Write("first");
        stage.Advance(25);
        stage.Write("second");

        // 50 ms, then twice as long each time, two seconds at most.
        foreach (var pause in new[] { 50, 100, 200, 400, 800, 1_600, 2_000, 2_000 })
        {
            var before = listener.Attempts.Count;
            stage.Advance(pause - 1);
            Assert.Equal(before, listener.Attempts.Count);
            stage.Advance(1);
            Assert.Equal(before + 1, listener.Attempts.Count);
        }

        Assert.Single(listener.Attempts.Distinct());
        (listener.Answer, listener.Fault) = (true, null);
        stage.Advance(2_000);
        Assert.Equal(["first", "second"], listener.Records.Select(RecordOf));
    }

    [Fact, Trait("Spec", "ENV-098")]
    public void Lose_what_has_no_room_and_hear_how_much_it_was()
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed(maxItems: 1_000);
        listener.Answer = null;
        stage.WriteMany(2_000);
        stage.Write("lost 1", "lost 2");
        stage.Emit(new InvokeStart(new RequestId("id"), "1", InvocationOrigin.None));
        Assert.Empty(stage.Next.Of<LogsDropped>());

        listener.Answer = true;
        stage.Come();
        stage.Write("after");
        stage.Advance(1_000);

        Assert.Equal(2_002, listener.Records.Count);
        var dropped = JsonDocument.Parse(listener.Records[2_000]).RootElement;
        Assert.Equal("platform.logsDropped", dropped.GetProperty("type").GetString());
        var told = stage.Next.Of<LogsDropped>().Single();
        Assert.Equal(3, told.Records);
        Assert.Equal("extension-1", told.Subscriber);
        Assert.Equal(3, dropped.GetProperty("record").GetProperty("droppedRecords").GetInt64());
        Assert.InRange(dropped.GetProperty("record").GetProperty("droppedBytes").GetInt64(), 12, 500);
        Assert.Equal("after", RecordOf(listener.Records[2_001]));
    }

    [Fact, Trait("Spec", "ENV-098")]
    public void Cost_no_more_memory_than_two_batches_each()
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed(maxBytes: 262_144);
        listener.Answer = null;
        var lines = Enumerable.Repeat(new string('x', 1_000), 100).ToArray();
        for (var count = 0; count < 1_000; count++)
            stage.Write(lines);

        Assert.InRange(stage.Memory.Used, 2 * 262_144, 2 * 1024 * 1024);
        listener.Answer = true;
        stage.Come();
        stage.Advance(1_000);
        Assert.InRange(stage.Memory.Used, 0, 64 * 1024);
    }

    [Fact, Trait("Spec", "ENV-098")]
    public void Share_the_memory_of_the_daemon()
    {
        var stage = new TelemetryStage(memoryBytes: 100_000);
        stage.BeginInit();
        stage.Subscribe(1);
        stage.Subscribe(2);
        stage.WriteMany(900);
        Assert.InRange(stage.Memory.Used, 100_000, 200_000);
        stage.Advance(1_000);
        stage.Advance(1_000);

        foreach (var port in new[] { 1, 2 })
        {
            var dropped = stage.Listener(port).Records.Where(record => record.Contains("droppedRecords", StringComparison.Ordinal))
                .Sum(record => JsonDocument.Parse(record).RootElement.GetProperty("record").GetProperty("droppedRecords").GetInt64());
            var received = stage.Listener(port).Types.Count(type => type == "function");
            Assert.Equal(900, received + dropped);
            Assert.True(dropped > 0);
        }
    }

    [Fact]
    public void Do_not_wait_for_each_other()
    {
        var stage = new TelemetryStage();
        stage.BeginInit();
        stage.Subscribe(1, timeoutMs: 25);
        stage.Subscribe(2, timeoutMs: 25);
        stage.Listener(1).Answer = null;
        stage.Advance(25);
        stage.Write("line");
        stage.Advance(25);

        Assert.Equal(["initStart", "telemetrySubscription", "telemetrySubscription", "function"], stage.Listener(2).Types);
        Assert.Empty(stage.Listener(1).Records);
    }

    [Fact]
    public void Are_left_alone_when_they_have_not_answered_for_long()
    {
        var stage = new TelemetryStage();
        var listener = stage.Subscribed(timeoutMs: 25);
        listener.Answer = null;
        stage.Write("first");
        stage.Advance(25);
        stage.Advance(5_000);
        Assert.True(listener.WasGivenUp);

        listener.Answer = true;
        stage.Advance(50);
        Assert.Equal(["first"], listener.Records.Select(RecordOf));
    }

    private static string RecordOf(string record) => JsonDocument.Parse(record).RootElement.GetProperty("record").GetString()!;
}
