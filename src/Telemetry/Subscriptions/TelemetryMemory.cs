namespace Thaw.Telemetry.Subscriptions;

/// <summary>What waits for the subscribers of all environments together, so that many slow ones cannot fill a daemon.</summary>
/// <param name="maxBytes">When this much waits, further events are dropped, and counted; one event per subscriber may go beyond.</param>
public sealed class TelemetryMemory(long maxBytes)
{
    private long used;

    /// <summary>In bytes.</summary>
    public long Used => Volatile.Read(ref used);

    internal bool HasRoom => Used < maxBytes;

    /// <param name="bytes">Less than zero: given back.</param>
    internal void Take(int bytes) => Interlocked.Add(ref used, bytes);
}
