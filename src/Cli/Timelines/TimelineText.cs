using System.Globalization;
using System.Text;
using Thaw.Contracts;
using Ink = Thaw.Cli.Timelines.TimelineStyle.Ink;

namespace Thaw.Cli.Timelines;

/// <summary>
/// Draws a timeline for a terminal. One row per phase, then one row per participant, all on one axis:
/// <code>
///   Timeline                0                          308 ms
///   Init          212.4 ms  ━━━━━━━━━━━━━━━━━━━
///   Invoke         96.1 ms                     ━━━━━━━━━━━━━━
///   runtime       185.6 ms     ████████████████████··········
///   metrics       140.2 ms  ████···············██████████████
/// </code>
/// </summary>
public static class TimelineText
{
    private const int MinLabel = 8, MaxLabel = 28, TimeWidth = 10;

    /// <summary>More invokes than this are shown as the first ones, a line for those between, and the last ones.</summary>
    private const int MaxInvokes = 16, FirstInvokes = 8, LastInvokes = 4;

    public static IEnumerable<string> Render(Timeline timeline, TimelineStyle style)
    {
        var width = Math.Clamp(style.Width, TimelineStyle.MinWidth, TimelineStyle.MaxWidth);
        var labels = timeline.Phases.Select(phase => LabelOf(timeline, phase))
            .Concat(timeline.Participants.Select(participant => participant.Name));
        var labelWidth = Math.Clamp(labels.Select(label => label.Length).DefaultIfEmpty(0).Max(), MinLabel, Math.Min(MaxLabel, width / 3));
        var chart = width - (2 + labelWidth + 1 + TimeWidth + 2);
        var axis = new TimeAxis(timeline, chart);

        yield return "  " + "Timeline".PadRight(labelWidth + 1 + TimeWidth + 2) + Ruler(timeline, axis, chart);
        foreach (var line in PhaseRows(timeline, axis, chart, labelWidth, style))
            yield return line;
        foreach (var participant in timeline.Participants)
        {
            var failed = participant.Failures.Any();
            yield return Row(participant.Name, participant.WorkingTime, failed, Cells(participant, axis, chart, style), labelWidth, style);
        }

        yield return "  " + style.Paint(
            $"{style.AtWorkCell} at work  {style.WaitingCell} waiting  one cell is {Text(axis.Cell)}", Ink.Faint);
        foreach (var line in FailuresOf(timeline).SelectMany(failure => Fold($"{style.FailureMark} {failure}", width)))
            yield return style.Paint(line, Ink.Failure);
    }

    /// <summary>Milliseconds for people: three digits that matter, no more.</summary>
    internal static string Text(TimeSpan time) => time.TotalMilliseconds switch
    {
        < 9.995 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.00} ms"),
        < 999.95 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
    };

    private static string Ruler(Timeline timeline, TimeAxis axis, int chart)
    {
        var end = axis.IsCut ? $"{Text(timeline.Duration)}, gaps cut" : Text(timeline.Duration);
        return "0" + end.PadLeft(chart - 1);
    }

    private static IEnumerable<string> PhaseRows(Timeline timeline, TimeAxis axis, int chart, int labelWidth, TimelineStyle style)
    {
        var hidden = HiddenInvokes(timeline);
        foreach (var phase in timeline.Phases)
        {
            if (phase == hidden.FirstOrDefault())
            {
                var (least, most) = (hidden.Min(invoke => invoke.Duration), hidden.Max(invoke => invoke.Duration));
                yield return "  " + style.Paint(
                    $"{style.Ellipsis} {hidden.Count} more invokes, {Text(least)} to {Text(most)} each", Ink.Faint);
            }

            if (hidden.Contains(phase))
                continue;
            var cells = axis.Cells(phase.Start, phase.End).GetOffsetAndLength(chart);
            var bar = string.Concat(Enumerable.Repeat(style.PhaseCell, cells.Length));
            var ink = phase.Failed ? Ink.Failure : InkOf(phase.Phase);
            yield return Row(LabelOf(timeline, phase), phase.Duration, phase.Failed, new string(' ', cells.Offset) + style.Paint(bar, ink),
                labelWidth, style);
        }
    }

    // Only plain invokes that went well may be left out, whatever their number: the picture is there to show the others.
    private static List<PhaseSpan> HiddenInvokes(Timeline timeline)
    {
        var invokes = timeline.Phases.Where(phase => phase.Phase == Phase.Invoke).ToList();
        if (invokes.Count <= MaxInvokes)
            return [];
        var withInner = timeline.Phases.Where(inner => inner.Depth > 0)
            .Select(inner => invokes.FindLast(invoke => invoke.Start <= inner.Start)).ToHashSet();
        return [.. invokes[FirstInvokes..^LastInvokes].Where(invoke => !invoke.Failed && !withInner.Contains(invoke))];
    }

    private static string Row(string label, TimeSpan time, bool failed, string cells, int labelWidth, TimelineStyle style)
    {
        var shortened = label.Length <= labelWidth ? label : label[..(labelWidth - 1)] + style.Ellipsis;
        var mark = failed ? style.FailureMark + " " : "  ";
        var head = $"{mark}{shortened.PadRight(labelWidth)} {Text(time),TimeWidth}";
        return $"{style.Paint(head, failed ? Ink.Failure : Ink.None)}  {cells}".TrimEnd();
    }

    private static string Cells(ParticipantLife participant, TimeAxis axis, int chart, TimelineStyle style)
    {
        // Work over waiting, so that even the shortest work is seen; a failure's cell over both.
        var cells = new string[chart];
        Array.Fill(cells, " ");
        foreach (var stretch in participant.Stretches.OrderBy(stretch => stretch.AtWork))
            cells.AsSpan(axis.Cells(stretch.Start, stretch.End)).Fill(stretch.AtWork ? style.AtWorkCell : style.WaitingCell);

        foreach (var failure in participant.Failures)
            cells[axis.Cells(failure.Time, failure.Time).Start] = style.FailureMark;

        var line = new StringBuilder();
        var last = Array.FindLastIndex(cells, cell => cell != " ");
        for (var at = 0; at <= last;)
        {
            var length = 1;
            while (at + length <= last && cells[at + length] == cells[at])
                length++;
            var ink = cells[at] == style.AtWorkCell ? Ink.AtWork
                : cells[at] == style.FailureMark ? Ink.Failure
                : cells[at] == " " ? Ink.None
                : Ink.Faint;
            line.Append(style.Paint(string.Concat(cells[at..(at + length)]), ink));
            at += length;
        }

        return line.ToString();
    }

    private static string LabelOf(Timeline timeline, PhaseSpan phase)
    {
        var severalInvokes = timeline.Phases.Count(other => other.Phase == Phase.Invoke) > 1;
        var name = phase.Phase switch
        {
            Phase.Init when phase.Suppressed => "Init (suppressed)",
            Phase.Invoke when severalInvokes => string.Create(CultureInfo.InvariantCulture, $"Invoke {phase.InvokeNumber}"),
            // A Shutdown after which the life goes on is a reset.
            Phase.Shutdown when phase.Depth > 0 || phase != timeline.Phases[^1] => "Reset",
            _ => phase.Phase.ToString(),
        };
        return new string(' ', phase.Depth * 2) + name;
    }

    private static IEnumerable<string> FailuresOf(Timeline timeline)
    {
        var phases = timeline.Phases.Where(phase => phase.Failed).Select(phase => (phase.End, Text:
            $"{LabelOf(timeline, phase).Trim()}: {StatusText(phase)} after {Text(phase.Duration)}"));
        var participants = timeline.Participants.SelectMany(participant => participant.Failures.Select(step => (End: step.Time, Text:
            $"{participant.Name}: {step.Failure} at {Text(step.Time - timeline.Start)}")));
        return participants.Concat(phases).OrderBy(failure => failure.End).Select(failure => failure.Text);
    }

    private static string StatusText(PhaseSpan phase)
    {
        var status = phase.Status!.Value.ToString().ToLowerInvariant();
        return phase.ErrorType is { } type ? $"{status}, {type}," : status;
    }

    private static Ink InkOf(Phase phase) => phase switch
    {
        Phase.Init => Ink.Init,
        Phase.Restore => Ink.Restore,
        Phase.Invoke => Ink.Invoke,
        _ => Ink.Shutdown,
    };

    // Breaks at spaces; what has none is cut where the line ends.
    private static IEnumerable<string> Fold(string text, int width)
    {
        while (text.Length > width)
        {
            var at = text.LastIndexOf(' ', width);
            if (at <= 2)
                at = width;
            yield return text[..at];
            text = "  " + text[at..].TrimStart();
        }

        yield return text;
    }
}
