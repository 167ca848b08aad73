namespace Thaw.Daemon.InvokeApi;

/// <summary>Bounds what the events of all callers together take in memory: whoever comes on top is throttled.</summary>
/// <param name="maxBytes">A single event always fits.</param>
internal sealed class HeldEvents(long maxBytes)
{
    private long held;

    /// <summary>False when there is no room: the caller holds nothing then.</summary>
    public bool TryHold(long bytes)
    {
        if (Interlocked.Add(ref held, bytes) <= maxBytes)
            return true;
        Release(bytes);
        return false;
    }

    /// <summary>Gives back what was held, or a part of it.</summary>
    public void Release(long bytes) => Interlocked.Add(ref held, -bytes);
}
