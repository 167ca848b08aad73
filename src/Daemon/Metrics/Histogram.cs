namespace Thaw.Daemon.Metrics;

/// <summary>Counts durations by how long they were. Callable from several threads.</summary>
internal sealed class Histogram
{
    /// <summary>Upper ends of the buckets in milliseconds, up to the longest timeout; what is above them has a bucket too.</summary>
    public static readonly IReadOnlyList<double> Bounds =
        [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000];

    private readonly long[] counts = new long[Bounds.Count + 1];
    private long ticks;

    public TimeSpan Sum => new(Interlocked.Read(ref ticks));

    public long Count => Cumulated()[^1];

    public void Add(TimeSpan duration)
    {
        var milliseconds = duration.TotalMilliseconds;
        var bucket = 0;
        while (bucket < Bounds.Count && milliseconds > Bounds[bucket])
            bucket++;
        Interlocked.Increment(ref counts[bucket]);
        Interlocked.Add(ref ticks, duration.Ticks);
    }

    /// <summary>How many are in each bucket or below, the last one all of them.</summary>
    public long[] Cumulated()
    {
        var sums = new long[counts.Length];
        var sum = 0L;
        for (var bucket = 0; bucket < counts.Length; bucket++)
            sums[bucket] = sum += Interlocked.Read(ref counts[bucket]);
        return sums;
    }
}
