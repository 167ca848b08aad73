namespace Thaw.Cli.CommandLine;

/// <summary>A value, or one line for the user that says why there is none and how to get one.</summary>
public readonly record struct Outcome<T>(T Value, string? Problem = null)
{
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1000", Justification = "Reads as a sentence where it is used.")]
    public static Outcome<T> Unusable(string problem) => new(default!, problem);
}
