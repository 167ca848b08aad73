namespace Thaw.Cli.Timelines;

/// <summary>How a timeline is drawn: its width in characters, with colours or without, with block characters or plain ASCII.</summary>
public sealed record TimelineStyle(int Width, bool Color, bool Blocks)
{
    public const int MinWidth = 60, MaxWidth = 200;

    public string PhaseCell => Blocks ? "━" : "=";

    public string AtWorkCell => Blocks ? "█" : "#";

    public string WaitingCell => Blocks ? "·" : ".";

    public string FailureMark => Blocks ? "✗" : "!";

    public string Ellipsis => Blocks ? "…" : "~";

    public string Paint(string text, Ink ink) => Color && ink != Ink.None && text.Length > 0 ? $"\u001b[{Code(ink)}m{text}\u001b[0m" : text;

    public enum Ink
    {
        None,
        Failure,
        Init,
        Restore,
        Invoke,
        Shutdown,
        AtWork,
        Faint,
    }

    private static string Code(Ink ink) => ink switch
    {
        Ink.Failure => "31",
        Ink.Init => "34",
        Ink.Restore => "35",
        Ink.Invoke => "32",
        Ink.Shutdown => "33",
        Ink.AtWork => "36",
        _ => "2",
    };
}
