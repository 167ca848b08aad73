using System.Text;
using System.Text.Json;
using Thaw.Telemetry.Subscriptions;

namespace Thaw.SimulationTests.Telemetry;

/// <summary>A listener in a mood of its own for each delivery; and the book of what it has received.</summary>
internal sealed class MoodyListener(World world, SubscribedWorld subscribed, string name) : IDelivery
{
    private string? refused;
    private string? unanswered;
    private long last = -1;

    /// <summary>Records of other kinds than <c>platform.logsDropped</c>.</summary>
    public long Received { get; private set; }

    /// <summary>What it was told that it has lost.</summary>
    public long Dropped { get; private set; }

    public bool IsDisposed { get; private set; }

    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> batch, CancellationToken giveUp)
    {
        var text = Encoding.UTF8.GetString(batch.Span);
        var mood = subscribed.AreHealed ? "honest" : Moods[world.Random.Next(Moods.Length)];
        world.Note($"{name} is sent {text.Length} bytes, and is {mood}");
        subscribed.CheckIsAwake(name);
        if (refused is not null && refused != text)
            world.Violate($"{name} is sent another batch than the one that has not arrived");
        refused = text;
        switch (mood)
        {
            case "down":
                throw new IOException("nobody listens");
            case "failing":
                return false;
            case "hanging":
                await world.Forever(giveUp);
                break;
            case "forgetful":
                Take(text);
                throw new IOException("closed before the answer");
            case "slow":
                await world.Pause(8_000, giveUp);
                break;
        }

        Take(text);
        (refused, unanswered) = (null, null);
        return true;
    }

    public ValueTask CloseAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    private static string[] Moods { get; } = ["honest", "honest", "slow", "down", "failing", "hanging", "forgetful"];

    // What it has taken but not answered comes again, and is no news.
    private void Take(string batch)
    {
        if (unanswered == batch)
            return;
        unanswered = batch;
        foreach (var line in batch.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            TakeRecord(JsonDocument.Parse(line).RootElement);
    }

    private void TakeRecord(JsonElement envelope)
    {
        var record = envelope.GetProperty("record");
        if (envelope.GetProperty("type").GetString() == "platform.logsDropped")
        {
            Dropped += record.GetProperty("droppedRecords").GetInt64();
            return;
        }

        Received++;
        if (SubscribedWorld.NumberOf(envelope) is not { } number)
            return;
        if (number <= last)
            world.Violate($"{name} received {number} behind {last}");
        last = number;
    }
}
