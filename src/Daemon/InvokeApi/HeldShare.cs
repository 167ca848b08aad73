namespace Thaw.Daemon.InvokeApi;

/// <summary>What one request takes of the memory for all of them, growing as it comes: what is only announced takes nothing yet.</summary>
internal sealed class HeldShare(HeldEvents all) : IDisposable
{
    private long bytes;

    /// <summary>What it has taken.</summary>
    public long Bytes => bytes;

    /// <summary>False when there is no room for that much more.</summary>
    public bool TryAdd(long more)
    {
        if (!all.TryHold(more))
            return false;
        bytes += more;
        return true;
    }

    public void Dispose()
    {
        all.Release(bytes);
        bytes = 0;
    }
}
