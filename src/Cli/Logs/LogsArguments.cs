using System.Globalization;
using Thaw.Cli.CommandLine;
using Thaw.Cli.Service;

namespace Thaw.Cli.Logs;

/// <summary>Turns the words after <c>thaw logs</c> into <see cref="LogsOptions"/>, or into one line that names the mistake and its
/// fix.</summary>
public static class LogsArguments
{
    private static readonly string[] Valued = ["--since", "--request-id", EndpointOption.Name], Flags = ["--follow", "--json"];

    /// <param name="endpoint">What THAW_ENDPOINT says.</param>
    public static Outcome<LogsOptions> Parse(IReadOnlyList<string> arguments, string? endpoint = null)
    {
        var read = ArgumentList.Read(arguments, Valued, Flags);
        if (read.Problem is not null)
            return Wrong(read.Problem);
        var given = read.Value;
        if (given.Words.ToArray() is not [{ Length: > 0 } function, .. var more])
            return Wrong("it wants the name of a function, for example thaw logs hello-node");
        if (more.Length > 0)
            return Wrong($"\"{more[0]}\" is one argument too many; it shows one function at a time");

        var address = EndpointOption.Read(given, endpoint);
        if (address.Problem is not null)
            return Wrong(address.Problem);

        TimeSpan? since = null;
        DateTimeOffset? from = null;
        if (given.Value("--since") is { } moment)
        {
            (since, from) = (Duration(moment), Time(moment));
            if (since is null && from is null)
            {
                return Wrong($"--since wants a duration such as 30s, 10m, 2h or 7d, or a time such as 2026-11-26T12:00:00Z, "
                    + $"not \"{moment}\"");
            }
        }

        return new(new LogsOptions(
            function, given.Has("--follow"), since, from, given.Value("--request-id"), given.Has("--json"), address.Value));
    }

    private static Outcome<LogsOptions> Wrong(string problem) => Outcome<LogsOptions>.Unusable(problem);

    private static TimeSpan? Duration(string text)
    {
        var unit = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 60 * 60, 'd' => 24 * 60 * 60, _ => 0 };
        return unit > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count * (long)unit < int.MaxValue
            ? TimeSpan.FromSeconds(count * (long)unit)
            : null;
    }

    // A time without an offset is one of this machine's.
    private static DateTimeOffset? Time(string text) => text.Length >= 10 && char.IsAsciiDigit(text[0])
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time) ? time : null;
}
