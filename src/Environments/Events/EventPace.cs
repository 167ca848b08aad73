namespace Thaw.Environments.Events;

/// <summary>
/// How many events of one function run at once: few at first, and more with every second in which others wait. A flood of short events then
/// goes through few environments, and one of long ones soon gets many.
/// </summary>
/// <param name="most">At least 1.</param>
internal sealed class EventPace(int most, TimeProvider time)
{
    /// <summary>How many at first, and how many more with each second.</summary>
    public const int Step = 8;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private int allowed = Math.Min(Step, most);
    private long grewAt = time.GetTimestamp();

    /// <param name="wanted">How many run or could.</param>
    public int Allowed(int wanted)
    {
        if (wanted <= Step)
            (allowed, grewAt) = (Math.Min(Step, most), time.GetTimestamp());
        else if (wanted > allowed && time.GetElapsedTime(grewAt) >= Second)
            (allowed, grewAt) = (Math.Min(allowed + Step, most), time.GetTimestamp());
        return allowed;
    }
}
