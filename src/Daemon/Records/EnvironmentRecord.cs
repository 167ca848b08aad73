using Thaw.Contracts;
using Thaw.Environments;

namespace Thaw.Daemon.Records;

/// <summary>What can be told of one environment: whose it is, what it does, and the phases it went through.</summary>
/// <param name="ended">Called when nothing more will happen to it.</param>
internal sealed class EnvironmentRecord(Guid id, EnvironmentPlan plan, Action<EnvironmentRecord>? ended = null) : ILifecycleEvents
{
    private readonly Lock oneAtATime = new();
    private readonly Queue<PhaseRecord> past = [];
    private readonly List<PhaseRecord> running = [];    // The inner one last: a suppressed Init runs within an Invoke.

    public Guid Id => id;

    public EnvironmentPlan Plan => plan;

    public EnvironmentState State { get; private set; }

    /// <summary>In the order in which they began.</summary>
    public IReadOnlyList<PhaseRecord> Phases()
    {
        lock (oneAtATime)
            return [.. past.Concat(running).OrderBy(phase => phase.Start)];
    }

    public void Emit(LifecycleEvent happened)
    {
        if (happened is not (PhaseStarted or PhaseEnded or EnvironmentFrozen or EnvironmentEnded))
            return;
        lock (oneAtATime)
        {
            switch (happened)
            {
                case PhaseStarted started:
                    running.Add(new PhaseRecord(started.Phase, started.Suppressed, started.RequestId, started.Time, null, null, null));
                    State = StateIn(started.Phase);
                    break;
                case PhaseEnded phase:
                    End(phase);
                    State = running.Count > 0 ? StateIn(running[^1].Phase)
                        : phase.Phase == Phase.Shutdown ? EnvironmentState.ShuttingDown
                        : phase is { Phase: Phase.Init, Status: not PhaseStatus.Success } ? EnvironmentState.InitFailed
                        : EnvironmentState.Ready;
                    break;
                case EnvironmentFrozen when State == EnvironmentState.Ready:
                    State = EnvironmentState.Frozen;
                    break;
                case EnvironmentEnded:
                    State = EnvironmentState.Ended;
                    break;
            }
        }

        if (happened is EnvironmentEnded)
            ended?.Invoke(this);
    }

    private void End(PhaseEnded end)
    {
        var at = running.Count - 1;
        while (at >= 0 && running[at].Phase != end.Phase)
            at--;
        if (at < 0)
            return;
        past.Enqueue(running[at] with { End = end.Time, Outcome = end.Status, ErrorType = end.ErrorType });
        running.RemoveAt(at);
        if (past.Count > Limits.RecordedPhases)
            past.Dequeue();
    }

    private static EnvironmentState StateIn(Phase phase) => phase switch
    {
        Phase.Init => EnvironmentState.Initializing,
        Phase.Restore => EnvironmentState.Restoring,
        Phase.Invoke => EnvironmentState.Invoking,
        _ => EnvironmentState.ShuttingDown,
    };
}
