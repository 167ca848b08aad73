using Thaw.Contracts;

namespace Thaw.Cli.Timelines;

/// <summary>What the runtime or one extension did, over all of its generations.</summary>
public sealed record ParticipantLife(
    string Name, IReadOnlyList<ParticipantLife.Stretch> Stretches, IReadOnlyList<ParticipantStepped> Steps)
{
    /// <summary>A time in which the process existed and either had something to do or waited for it.</summary>
    public sealed record Stretch(DateTimeOffset Start, DateTimeOffset End, bool AtWork);

    public TimeSpan WorkingTime =>
        Stretches.Where(stretch => stretch.AtWork).Aggregate(TimeSpan.Zero, (sum, stretch) => sum + (stretch.End - stretch.Start));

    public IEnumerable<ParticipantStepped> Failures => Steps.Where(step => step.Failure is not null);

    public static ParticipantLife Of(string name, IReadOnlyList<ParticipantStepped> steps, DateTimeOffset end)
    {
        var stretches = new List<Stretch>();
        Stretch? open = null;
        foreach (var step in steps)
        {
            // From its start until it asks for the next event a process is at work; registering and answering change nothing about that.
            bool? atWork = step.Step switch
            {
                ParticipantStep.Ready => false,
                ParticipantStep.Gone => null,
                ParticipantStep.Started or ParticipantStep.Woken => true,
                _ => open?.AtWork ?? true,
            };
            if (open is not null && open.AtWork == atWork)
                continue;
            if (open is not null)
                stretches.Add(open with { End = step.Time });
            open = atWork is { } works ? new(step.Time, end, works) : null;
        }

        if (open is not null)
            stretches.Add(open);
        return new(name, stretches, steps);
    }
}
