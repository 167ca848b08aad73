using System.Globalization;
using Thaw.Cli.CommandLine;
using Thaw.Cli.Timelines;
using Thaw.Contracts;

namespace Thaw.Cli.Run;

/// <summary>
/// The environments of a run, each with a picture of its own; mostly there is one. Of restores, which are all alike, the first is shown,
/// and what all of them took.
/// </summary>
internal sealed class LivesOfRun
{
    private const string Cold = "cold start", Restore = "restore ";

    private readonly List<(string? Name, List<LifecycleEvent> Events)> lives = [(null, [])];

    public void Begin(string environment) => lives.Add((environment, []));

    public void Add(LifecycleEvent happened) => lives[^1].Events.Add(happened);

    public void Draw(Terminal terminal)
    {
        var restores = lives.Where(IsRestore).ToList();
        foreach (var life in lives.Except(restores.Skip(1)))
        {
            if (Timeline.Of(life.Events) is not { } timeline)
                continue;
            terminal.Error.WriteLine();
            if (life.Name is { } name)
                terminal.Error.WriteLine($"  {name}");
            foreach (var line in TimelineText.Render(timeline, terminal.Style))
                terminal.Error.WriteLine(line);
        }

        if (restores.Count > 0 && Summary(restores) is { } summary)
        {
            terminal.Error.WriteLine();
            terminal.Error.WriteLine(summary);
        }
    }

    private static bool IsRestore((string? Name, List<LifecycleEvent> Events) life) =>
        life.Name?.StartsWith(Restore, StringComparison.Ordinal) == true;

    /// <summary>From the first thing that happened until the first invoke was over.</summary>
    private static TimeSpan? Answered(List<LifecycleEvent> events) =>
        events.OfType<PhaseEnded>().FirstOrDefault(ended => ended.Phase == Phase.Invoke) is { } ended
            ? ended.Time - events.Min(happened => happened.Time)
            : null;

    private string? Summary(List<(string? Name, List<LifecycleEvent> Events)> restores)
    {
        var times = restores.Select(life => Answered(life.Events)).OfType<TimeSpan>().Order().ToList();
        if (times.Count == 0)
            return null;
        var median = times[times.Count / 2];
        var (least, most, middle) = (TimelineText.Text(times[0]), TimelineText.Text(times[^1]), TimelineText.Text(median));
        var text = $"  {times.Count} restored and answered in {least} to {most}, {middle} in the middle";
        if (lives.FirstOrDefault(life => life.Name == Cold).Events is not { } events || Answered(events) is not { } cold)
            return text;
        var gain = (cold / median).ToString("0.0", CultureInfo.InvariantCulture);
        return $"{text}; a cold start took {TimelineText.Text(cold)}, {gain} times that";
    }
}
