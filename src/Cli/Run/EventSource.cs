namespace Thaw.Cli.Run;

/// <summary>Where the event comes from: <c>--event JSON</c>, <c>--event @FILE</c> or <c>--event -</c>.</summary>
public abstract record EventSource
{
    private EventSource()
    {
    }

    public sealed record Inline(string Json) : EventSource;

    public sealed record File(string Path) : EventSource;

    public sealed record StandardInput : EventSource;

    public static EventSource Parse(string text) => text switch
    {
        "-" => new StandardInput(),
        ['@', .. var path] => new File(path),
        _ => new Inline(text),
    };
}
