namespace Thaw.Daemon.Metrics;

/// <summary>What one version of a function has done since the daemon began. Callable from several threads, and never waits.</summary>
internal sealed class FunctionMetrics
{
    private long errors, throttles, droppedRecords;
    private int concurrent, environments;

    /// <summary>Of all invocations, also those that failed: there are as many as it counts.</summary>
    public Histogram Duration { get; } = new();

    public Histogram InitDuration { get; } = new();

    public Histogram RestoreDuration { get; } = new();

    public Histogram PostRuntimeExtensionsDuration { get; } = new();

    public long Errors => Interlocked.Read(ref errors);

    public long Throttles => Interlocked.Read(ref throttles);

    public long DroppedRecords => Interlocked.Read(ref droppedRecords);

    public int Concurrent => Volatile.Read(ref concurrent);

    public int Environments => Volatile.Read(ref environments);

    /// <summary>A caller was sent away, and nothing ran; spec: API-122.</summary>
    public void Throttled() => Interlocked.Increment(ref throttles);

    public void Failed() => Interlocked.Increment(ref errors);

    public void Dropped(long records) => Interlocked.Add(ref droppedRecords, records);

    public void Began() => Interlocked.Increment(ref concurrent);

    public void Ended() => Interlocked.Decrement(ref concurrent);

    public void EnvironmentBegan() => Interlocked.Increment(ref environments);

    public void EnvironmentEnded() => Interlocked.Decrement(ref environments);
}
