using Thaw.Contracts;

namespace Thaw.Cli.Timelines;

/// <summary>The life of an environment as spans of time, made of the events that it emitted.</summary>
public sealed record Timeline(
    DateTimeOffset Start, DateTimeOffset End, IReadOnlyList<PhaseSpan> Phases, IReadOnlyList<ParticipantLife> Participants)
{
    public TimeSpan Duration => End - Start;

    /// <summary>Reads events in the order in which they were emitted. Null when nothing happened that a picture could show.</summary>
    public static Timeline? Of(IReadOnlyCollection<LifecycleEvent> events)
    {
        var shown = events.Where(happened => happened is PhaseStarted or PhaseEnded or ParticipantStepped).ToList();
        if (shown.Count == 0)
            return null;
        var (start, end) = (shown.Min(happened => happened.Time), shown.Max(happened => happened.Time));
        return new(start, end, PhasesOf(shown, end), ParticipantsOf(shown, end));
    }

    // Phases nest: an Invoke can hold a suppressed Init and the Shutdown of a reset.
    private static List<PhaseSpan> PhasesOf(List<LifecycleEvent> events, DateTimeOffset end)
    {
        var phases = new List<PhaseSpan>();
        var open = new Stack<int>();
        var invokes = 0;
        foreach (var happened in events)
        {
            switch (happened)
            {
                case PhaseStarted started:
                    if (started.Phase == Phase.Invoke)
                        invokes++;
                    var number = started.Phase == Phase.Invoke ? invokes : (int?)null;
                    phases.Add(new(started.Phase, started.Suppressed, open.Count, number, started.RequestId, started.Time, end, null,
                        null));
                    open.Push(phases.Count - 1);
                    break;
                case PhaseEnded ended when open.Any(index => phases[index].Phase == ended.Phase):
                    // What a phase left open ends with it.
                    while (phases[open.Peek()].Phase != ended.Phase)
                        Close(open.Pop(), ended.Time, null, null);
                    Close(open.Pop(), ended.Time, ended.Status, ended.ErrorType);
                    break;
            }
        }

        return phases;

        void Close(int index, DateTimeOffset time, PhaseStatus? status, ErrorType? errorType) =>
            phases[index] = phases[index] with { End = time, Status = status, ErrorType = errorType };
    }

    private static List<ParticipantLife> ParticipantsOf(List<LifecycleEvent> events, DateTimeOffset end) =>
    [
        .. events.OfType<ParticipantStepped>()
            .GroupBy(step => step.Participant)
            .OrderBy(steps => steps.Key == ParticipantNames.Runtime ? 0 : 1)
            .Select(steps => ParticipantLife.Of(steps.Key, [.. steps], end)),
    ];
}
