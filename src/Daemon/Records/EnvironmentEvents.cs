using Thaw.Contracts;
using Thaw.Daemon.Logs;

namespace Thaw.Daemon.Records;

/// <summary>
/// Shares out the events of one environment: each sink gets all of them, in this order. Those of a good invocation wait until somebody
/// must know, so that telling them is no part of its path; decision 47.
///
///   of a good invocation ---> waiting --many, or after a moment--> another thread ---+--> sinks
///                               | first                                              |
///   all others ---------------->+--------------------------------> at once ----------+
/// </summary>
/// <remarks>
/// An event never overtakes another whose <see cref="Emit"/> has returned. The gate is held for a step or two only; whoever tells holds
/// the other lock, for some microseconds an event, and an invocation that goes well waits for that one only when too many wait already.
/// </remarks>
/// <param name="tails">While a caller wants one, nothing waits.</param>
internal sealed class EnvironmentEvents(EventBatches batches, LogTails tails, params ILifecycleEvents[] sinks)
    : ILifecycleEvents, IThreadPoolWorkItem
{
    /// <summary>So many are told ahead of their time.</summary>
    public const int Many = Limits.UntoldEvents / 2;

    private readonly Lock gate = new(), telling = new();
    private List<LifecycleEvent> waiting = [], told = [];    // The second one is empty but while it is told.
    private bool isDue;

    /// <summary>They are for the timeline of a run; no sink here needs them.</summary>
    public bool WantsSteps => false;

    public void Emit(LifecycleEvent happened)
    {
        if (IsQuiet(happened) && !tails.AreWanted)
            Keep(happened);
        else
            TellAtOnce(happened);
    }

    /// <summary>There is room when each has some.</summary>
    public ValueTask RoomAsync()
    {
        for (var at = 0; at < sinks.Length; at++)
        {
            var room = sinks[at].RoomAsync();
            if (!room.IsCompletedSuccessfully)
                return BehindAsync(room, at + 1);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Tells what waits, when its time has come or somebody wants to know.</summary>
    public void TellDue()
    {
        lock (telling)
        {
            lock (gate)
                isDue = false;
            TellWaiting();
        }
    }

    void IThreadPoolWorkItem.Execute() => Tell();

    // Nobody looks at these while they happen: the environment's list, the log and the metrics have them told before they are read.
    private static bool IsQuiet(LifecycleEvent happened) => happened is
        PhaseStarted { Phase: Phase.Invoke } or InvokeStart
        or RuntimeDone { Status: PhaseStatus.Success } or InvokeReport { Status: PhaseStatus.Success }
        or PhaseEnded { Phase: Phase.Invoke, Status: PhaseStatus.Success };

    private void Keep(LifecycleEvent happened)
    {
        int count;
        lock (gate)
        {
            waiting.Add(happened);
            count = waiting.Count;
            if (!isDue)
            {
                isDue = true;
                batches.TellSoon(this);
            }
        }

        if (count == Many)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        else if (count >= Limits.UntoldEvents)
            Tell();
    }

    private void TellAtOnce(LifecycleEvent happened)
    {
        lock (telling)
        {
            TellWaiting();
            if (happened is not (OutputLines or LogFrame))
            {
                Share(happened);
                return;
            }
        }

        // It may be much: what comes meanwhile is not behind it, and need not wait for it.
        Share(happened);
    }

    private void Tell()
    {
        lock (telling)
            TellWaiting();
    }

    private void TellWaiting()
    {
        lock (gate)
            (waiting, told) = (told, waiting);
        try
        {
            foreach (var happened in told)
                Share(happened);
        }
        finally
        {
            told.Clear();
        }
    }

    private void Share(LifecycleEvent happened)
    {
        foreach (var sink in sinks)
            sink.Emit(happened);
    }

    private async ValueTask BehindAsync(ValueTask room, int next)
    {
        await room;
        for (var at = next; at < sinks.Length; at++)
            await sinks[at].RoomAsync();
    }
}
