namespace Thaw.Telemetry.Subscriptions;

/// <summary>How long a batch that did not arrive waits before it is tried again: longer each time.</summary>
internal sealed class BackOff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private TimeSpan next = First;

    public TimeSpan Next()
    {
        var wait = next;
        next = wait * 2 < Longest ? wait * 2 : Longest;
        return wait;
    }

    public void Reset() => next = First;
}
