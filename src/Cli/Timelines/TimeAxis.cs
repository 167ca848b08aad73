namespace Thaw.Cli.Timelines;

/// <summary>Maps time to the cells of a chart: to scale, except that long times between phases are cut short.</summary>
internal sealed class TimeAxis
{
    /// <summary>The longest that nothing may be drawn, as a part of the time in which something happened.</summary>
    private const double LongestGap = 0.05;

    private readonly List<(DateTimeOffset Start, double DrawnMs, double Scale)> pieces = [];
    private readonly double drawnMs;
    private readonly int cells;

    public TimeAxis(Timeline timeline, int cells)
    {
        this.cells = cells;
        var busy = Busy(timeline).ToList();
        var longest = Math.Max(LongestGap * busy.Sum(piece => (piece.End - piece.Start).TotalMilliseconds), double.Epsilon);
        var at = timeline.Start;
        foreach (var (start, end) in busy.Append((timeline.End, timeline.End)))
        {
            var gap = (start - at).TotalMilliseconds;
            if (gap > 0)
            {
                pieces.Add((at, drawnMs, Math.Min(gap, longest) / gap));
                IsCut |= gap > longest;
                drawnMs += Math.Min(gap, longest);
            }

            pieces.Add((start, drawnMs, 1));
            drawnMs += (end - start).TotalMilliseconds;
            at = end;
        }
    }

    /// <summary>Whether some time between phases is not drawn to scale.</summary>
    public bool IsCut { get; }

    public TimeSpan Cell => TimeSpan.FromMilliseconds(drawnMs / cells);

    /// <summary>The cells from <paramref name="start"/> to <paramref name="end"/>: never less than one, so that everything can be
    /// seen.</summary>
    public Range Cells(DateTimeOffset start, DateTimeOffset end)
    {
        var from = Math.Min(CellAt(start), cells - 1);
        return from..Math.Clamp(CellAt(end), from + 1, cells);
    }

    private int CellAt(DateTimeOffset time)
    {
        var piece = pieces.FindLast(candidate => candidate.Start <= time);
        var ms = piece.DrawnMs + ((time - piece.Start).TotalMilliseconds * piece.Scale);
        return drawnMs == 0 ? 0 : Math.Clamp((int)Math.Round(ms / drawnMs * cells, MidpointRounding.AwayFromZero), 0, cells);
    }

    // The times of the phases, overlaps joined. Without phases the whole time counts.
    private static IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> Busy(Timeline timeline)
    {
        if (timeline.Phases.Count == 0)
        {
            yield return (timeline.Start, timeline.End);
            yield break;
        }

        var at = timeline.Start;
        foreach (var phase in timeline.Phases.Where(phase => phase.Depth == 0).OrderBy(phase => phase.Start))
        {
            var start = phase.Start > at ? phase.Start : at;
            if (phase.End <= start)
                continue;
            yield return (start, phase.End);
            at = phase.End;
        }
    }
}
