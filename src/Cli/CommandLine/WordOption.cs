namespace Thaw.Cli.CommandLine;

/// <summary>An option that wants one of a few words.</summary>
internal static class WordOption
{
    /// <summary>Null when the option is not given.</summary>
    public static Outcome<string?> Read(ArgumentList given, string option, params string[] words)
    {
        if (given.Value(option) is not { } text || words.Contains(text))
            return new(given.Value(option));
        var list = string.Join(", ", words[..^1]) + " or " + words[^1];
        var meant = Suggestion.For(text, words);
        return Outcome<string?>.Unusable($"{option} is {list}, not \"{text}\"{(meant is null ? "" : $"; did you mean {meant}?")}");
    }
}
