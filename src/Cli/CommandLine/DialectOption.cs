using Thaw.Contracts;

namespace Thaw.Cli.CommandLine;

/// <summary><c>--log-dialect</c>: the same for every command.</summary>
internal static class DialectOption
{
    public const string Name = "--log-dialect";

    /// <summary>Null when the option is not given.</summary>
    public static Outcome<Dialect?> Read(ArgumentList given)
    {
        var word = WordOption.Read(given, Name, [.. Dialects.All.Select(dialect => dialect.Name)]);
        if (word.Problem is not null)
            return Outcome<Dialect?>.Unusable(word.Problem);
        return new(word.Value is { } name ? Dialects.Find(name) : null);
    }
}
