namespace Thaw.Cli.CommandLine;

/// <summary>
/// Splits arguments into options and plain words: <c>--name value</c>, <c>--name=value</c>, <c>--flag</c>; after <c>--</c> all is plain.
/// </summary>
/// <remarks>
/// Written by hand on purpose: three commands with a dozen options need these lines and no library, and each error names its fix.
/// </remarks>
public sealed class ArgumentList
{
    private readonly Dictionary<string, List<string>> options = new(StringComparer.Ordinal);
    private readonly List<string> words = [];

    public IReadOnlyList<string> Words => words;

    public bool Has(string option) => options.ContainsKey(option);

    /// <summary>The last value wins, as with every other tool.</summary>
    public string? Value(string option) => options.TryGetValue(option, out var values) ? values[^1] : null;

    public IReadOnlyList<string> Values(string option) => options.TryGetValue(option, out var values) ? values : [];

    /// <summary>Reads the arguments of one command. <paramref name="valued"/> options take a value, <paramref name="flags"/> do
    /// not.</summary>
    public static Outcome<ArgumentList> Read(
        IReadOnlyList<string> arguments, IReadOnlyCollection<string> valued, IReadOnlyCollection<string> flags)
    {
        var list = new ArgumentList();
        for (var at = 0; at < arguments.Count; at++)
        {
            var argument = arguments[at];
            if (argument == "--")
            {
                list.words.AddRange(arguments.Skip(at + 1));
                break;
            }

            // A lone dash is a plain word; so is everything that does not begin with one.
            if (!argument.StartsWith('-') || argument == "-")
            {
                list.words.Add(argument);
                continue;
            }

            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? argument : argument[..equals];
            if (flags.Contains(name))
            {
                if (equals >= 0)
                    return Outcome<ArgumentList>.Unusable($"{name} takes no value; write just {name}");
                list.Add(name, "");
            }
            else if (!valued.Contains(name))
            {
                return Outcome<ArgumentList>.Unusable(UnknownOption(name, [.. valued, .. flags]));
            }
            else if (equals >= 0)
            {
                list.Add(name, argument[(equals + 1)..]);
            }
            else if (++at < arguments.Count && !LooksLikeOption(arguments[at]))
            {
                list.Add(name, arguments[at]);
            }
            else
            {
                return Outcome<ArgumentList>.Unusable(
                    $"{name} wants a value; write {name} VALUE (or {name}=VALUE if it begins with a dash)");
            }
        }

        return valued.FirstOrDefault(name => list.Value(name) is "") is { } empty
            ? Outcome<ArgumentList>.Unusable($"{empty} is empty; give it a value or leave it out")
            : new(list);
    }

    /// <summary>Whether somebody wants to read about a command rather than run it.</summary>
    public static bool AskForHelp(IEnumerable<string> arguments) =>
        arguments.TakeWhile(argument => argument != "--").Any(argument => argument is "--help" or "-h");

    private static bool LooksLikeOption(string argument) => argument.StartsWith("--", StringComparison.Ordinal);

    private static string UnknownOption(string name, IReadOnlyCollection<string> known) =>
        Suggestion.For(name, known) is { } meant
            ? $"there is no option {name}; did you mean {meant}?"
            : $"there is no option {name}; --help lists the options";

    private void Add(string name, string value)
    {
        if (!options.TryGetValue(name, out var values))
            options[name] = values = [];
        values.Add(value);
    }
}
