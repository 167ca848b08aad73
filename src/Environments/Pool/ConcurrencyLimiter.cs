namespace Thaw.Environments.Pool;

/// <summary>Counts invocations that are not answered yet, up to a limit; spec (service) 13.1.</summary>
/// <param name="limit">At least 0.</param>
public sealed class ConcurrencyLimiter(int limit)
{
    private int entered, limit = limit;

    /// <summary>At least 0. Who has entered stays when it becomes less.</summary>
    public int Limit
    {
        get => Volatile.Read(ref limit);
        set => Volatile.Write(ref limit, value);
    }

    public int Entered => Volatile.Read(ref entered);

    /// <summary>False at the limit: the caller is throttled.</summary>
    public bool TryEnter()
    {
        var now = Volatile.Read(ref entered);
        while (now < Limit)
        {
            var seen = Interlocked.CompareExchange(ref entered, now + 1, now);
            if (seen == now)
                return true;
            now = seen;
        }

        return false;
    }

    public void Leave() => Interlocked.Decrement(ref entered);
}
