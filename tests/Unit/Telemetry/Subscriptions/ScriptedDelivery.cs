using System.Text;
using Thaw.Telemetry.Subscriptions;

namespace Thaw.UnitTests.Telemetry.Subscriptions;

/// <summary>A listener that does what the test says.</summary>
internal sealed class ScriptedDelivery : IDelivery
{
    private TaskCompletionSource<bool>? hanging;

    /// <summary>Every attempt's batch, the refused ones too.</summary>
    public List<string> Attempts { get; } = [];

    /// <summary>The records that have arrived.</summary>
    public List<string> Records { get; } = [];

    /// <summary>What an attempt comes to; null: it hangs until the test says more, or it is given up.</summary>
    public bool? Answer { get; set; } = true;

    public Exception? Fault { get; set; }

    public bool IsOpen { get; private set; }

    public bool IsDisposed { get; private set; }

    public bool WasGivenUp { get; private set; }

    /// <summary>The types of what has arrived, in order.</summary>
    public IEnumerable<string> Types => Records.Select(TypeOf);

    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> batch, CancellationToken giveUp)
    {
        var text = Encoding.UTF8.GetString(batch.Span);
        Attempts.Add(text);
        IsOpen = true;
        if (Fault is not null)
            throw Fault;
        var hasArrived = Answer ?? await HangAsync(giveUp);
        if (hasArrived)
            Records.AddRange(text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        return hasArrived;
    }

    /// <summary>Ends the attempt that hangs.</summary>
    public void Come(bool hasArrived) => hanging!.SetResult(hasArrived);

    public ValueTask CloseAsync()
    {
        IsOpen = false;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return CloseAsync();
    }

    public static string TypeOf(string record) =>
        System.Text.Json.JsonDocument.Parse(record).RootElement.GetProperty("type").GetString()!.Replace("platform.", "");

    private async Task<bool> HangAsync(CancellationToken giveUp)
    {
        hanging = new TaskCompletionSource<bool>();
        await using var end = giveUp.Register(() =>
        {
            WasGivenUp = true;
            hanging.TrySetResult(false);
        });
        return await hanging.Task;
    }
}
