namespace Thaw.EnvironmentApis;

/// <summary>Counts the connections of all environments together, and says when there are enough.</summary>
internal sealed class ConnectionBound(int most)
{
    private int open;

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref open) <= most)
            return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref open);
}
