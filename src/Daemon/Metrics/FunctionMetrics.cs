namespace Thaw.Daemon.Metrics;

/// <summary>What one version of a function has done since the daemon began. Callable from several threads, and never waits.</summary>
internal sealed class FunctionMetrics
{
    private long errors, throttles, droppedRecords, eventsReceived, eventsDropped, deadLetterErrors, deliveryFailures;
    private int concurrent, environments;

    /// <summary>Of all invocations, also those that failed: there are as many as it counts.</summary>
    public Histogram Duration { get; } = new();

    public Histogram InitDuration { get; } = new();

    public Histogram RestoreDuration { get; } = new();

    public Histogram PostRuntimeExtensionsDuration { get; } = new();

    public long Errors => Interlocked.Read(ref errors);

    public long Throttles => Interlocked.Read(ref throttles);

    public long DroppedRecords => Interlocked.Read(ref droppedRecords);

    /// <summary>From being accepted to each attempt.</summary>
    public Histogram AsyncEventAge { get; } = new();

    public long AsyncEventsReceived => Interlocked.Read(ref eventsReceived);

    public long AsyncEventsDropped => Interlocked.Read(ref eventsDropped);

    public long DeadLetterErrors => Interlocked.Read(ref deadLetterErrors);

    public long DestinationDeliveryFailures => Interlocked.Read(ref deliveryFailures);

    public int Concurrent => Volatile.Read(ref concurrent);

    public int Environments => Volatile.Read(ref environments);

    /// <summary>A caller was sent away, and nothing ran; spec: API-122.</summary>
    public void Throttled() => Interlocked.Increment(ref throttles);

    public void AsyncEventReceived() => Interlocked.Increment(ref eventsReceived);

    /// <summary>An event went without its function having succeeded with it.</summary>
    public void AsyncEventDropped() => Interlocked.Increment(ref eventsDropped);

    public void DeadLetterFailed() => Interlocked.Increment(ref deadLetterErrors);

    public void DeliveryFailed() => Interlocked.Increment(ref deliveryFailures);

    public void Failed() => Interlocked.Increment(ref errors);

    public void Dropped(long records) => Interlocked.Add(ref droppedRecords, records);

    public void Began() => Interlocked.Increment(ref concurrent);

    public void Ended() => Interlocked.Decrement(ref concurrent);

    public void EnvironmentBegan() => Interlocked.Increment(ref environments);

    public void EnvironmentEnded() => Interlocked.Decrement(ref environments);
}
