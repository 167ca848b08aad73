using System.Diagnostics;

namespace Thaw.Sandboxing.Processes;

/// <summary>
/// Kills what outgrows its memory, for sandboxes that nothing else holds back: ten times a second it adds up what the processes of each
/// hold, and where that is too much it kills the largest of them. Between two looks they may hold more.
/// </summary>
/// <remarks>
/// Only for those who ask for it: a look costs some system calls for each process. It takes a tenth of one processor at most.
/// </remarks>
public sealed class MemoryWatch : IDisposable
{
    private const int TimesIdle = 9;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly List<MemoryBound> bounds = [];
    private readonly ITimer timer;
    private bool isDisposed;

    public MemoryWatch(TimeProvider time) =>
        timer = time.CreateTimer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        lock (gate)
            isDisposed = true;
        timer.Dispose();
    }

    internal void Add(MemoryBound bound)
    {
        lock (gate)
        {
            bounds.Add(bound);
            if (bounds.Count == 1)
                LookAgainIn(Pause);
        }
    }

    internal void Remove(MemoryBound bound)
    {
        lock (gate)
            bounds.Remove(bound);
    }

    private void Look()
    {
        MemoryBound[] all;
        lock (gate)
            all = [.. bounds];

        var began = Stopwatch.GetTimestamp();
        foreach (var bound in all)
            bound.Enforce();
        var rest = TimesIdle * Stopwatch.GetElapsedTime(began);

        lock (gate)
        {
            if (bounds.Count > 0)
                LookAgainIn(rest > Pause ? rest : Pause);
        }
    }

    private void LookAgainIn(TimeSpan pause)
    {
        if (!isDisposed)
            timer.Change(pause, Timeout.InfiniteTimeSpan);
    }
}
