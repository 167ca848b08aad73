namespace Thaw.Daemon.InvokeApi;

/// <summary>Bounds what the events of all callers together take in memory: whoever comes on top is throttled.</summary>
/// <param name="maxBytes">A single event always fits.</param>
internal sealed class HeldEvents(long maxBytes)
{
    private long held;

    public bool TryHold(long bytes)
    {
        if (Interlocked.Add(ref held, bytes) <= maxBytes)
            return true;
        Release(bytes);
        return false;
    }

    public void Release(long bytes) => Interlocked.Add(ref held, -bytes);
}
