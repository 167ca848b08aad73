using System.Diagnostics.CodeAnalysis;

namespace Thaw.Environments.Pool;

/// <summary>
/// Callers for whom there is no environment yet. The pool guards the line with its lock.
///
///   patient:   one is about to be free   --(time passes)-->   starting: memory is set aside   --(its turn)-->   starts one
/// </summary>
internal sealed class WaitingLine : IAsyncDisposable
{
    private readonly LinkedList<Waiter> patient = [];
    private readonly LinkedList<Waiter> starting = [];    // In the order in which they may start.
    private readonly PoolSettings settings;
    private readonly TimeProvider time;
    private readonly Func<Waiter, Task<Lease>> start;
    private readonly ITimer patience;
    private bool patienceRuns;
    private TaskCompletionSource calm = new();
    private int starts;

    /// <param name="start">Starts an environment for somebody whose turn it is.</param>
    /// <param name="losePatience">Is called, without the lock, when somebody's patience may be over.</param>
    public WaitingLine(PoolSettings settings, TimeProvider time, Func<Waiter, Task<Lease>> start, Action losePatience)
    {
        (this.settings, this.time, this.start) = (settings, time, start);
        calm.SetResult();
        patience = time.CreateTimer(_ => losePatience(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether an environment is just being started.</summary>
    public bool IsStarting => starts > 0;

    /// <summary>Completes when no environment is being started.</summary>
    public Task Calm => calm.Task;

    /// <summary>Who waits now.</summary>
    public IReadOnlyList<Waiter> All => [.. starting, .. patient];

    /// <summary>Somebody enters the line, and waits first of all for whatever may become free.</summary>
    public Waiter Enter(Fleet fleet)
    {
        var patientUntil = time.GetTimestamp() + (long)(settings.FinishingPatience.TotalSeconds * time.TimestampFrequency);
        var waiter = new Waiter(fleet, patientUntil, start);
        fleet.Waiting.AddLast(waiter);
        return waiter;
    }

    /// <summary>It waits for one that is about to be free, as long as its patience lasts.</summary>
    public void BePatient(Waiter waiter)
    {
        patient.AddLast(waiter);
        if (!patienceRuns)
            patienceRuns = patience.Change(settings.FinishingPatience, Timeout.InfiniteTimeSpan);
    }

    /// <summary>It waits for its turn to start an environment, or for one that becomes free meanwhile.</summary>
    public void LineUp(Waiter waiter) => starting.AddLast(waiter);

    /// <summary>The next whose turn it is. Only so many start at the same time.</summary>
    public bool TryStartNext([NotNullWhen(true)] out Waiter? next)
    {
        next = starts < settings.StartsAtOnce ? starting.First?.Value : null;
        if (next is null)
            return false;
        starting.RemoveFirst();
        next.Fleet.Waiting.Remove(next);
        Start();
        return true;
    }

    /// <summary>The turn for a start that no caller waits for: none while one waits that would need it.</summary>
    public bool TryTakeTurn()
    {
        if (starting.Count > 0 || starts >= settings.StartsAtOnce)
            return false;
        Start();
        return true;
    }

    /// <summary>A start is over, well or not.</summary>
    public void Started(ref Consequences then)
    {
        if (--starts == 0)
            then.Calm(calm);
    }

    /// <summary>It waits no longer.</summary>
    public void Leave(Waiter waiter)
    {
        waiter.Fleet.Waiting.Remove(waiter);
        starting.Remove(waiter);

        // The timer runs on: callers who come back at once would set it anew each time.
        patient.Remove(waiter);
    }

    /// <summary>Takes out those whose patience is over.</summary>
    public IReadOnlyList<Waiter> TakeImpatient()
    {
        var now = time.GetTimestamp();
        List<Waiter> impatient = [];
        for (; patient.First is { Value: var first } && first.PatientUntil <= now; patient.RemoveFirst())
            impatient.Add(first);
        patienceRuns = patient.First is { Value: var next } && patience.Change(Left(next, now), Timeout.InfiniteTimeSpan);
        return impatient;
    }

    public ValueTask DisposeAsync() => patience.DisposeAsync();

    // .NET's timers count milliseconds, and one of none would ring at once, again and again.
    private TimeSpan Left(Waiter waiter, long now) => time.GetElapsedTime(now, waiter.PatientUntil) + TimeSpan.FromMilliseconds(1);

    private void Start()
    {
        if (starts++ == 0)
            calm = new TaskCompletionSource();
    }
}
