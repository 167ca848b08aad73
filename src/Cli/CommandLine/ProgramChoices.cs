using Thaw.Contracts;

namespace Thaw.Cli.CommandLine;

/// <summary>
/// The programs that the user sets for runtimes, as <c>RUNTIME=PATH</c>: by the option, and by the variable, which holds several with a
/// <c>;</c> between them. The option wins, and of two the later one.
/// </summary>
public static class ProgramChoices
{
    public const string Option = "--program", Variable = "THAW_PROGRAMS";

    private const string Example = "python3=/usr/bin/python3";

    /// <summary>Whether each path is a file; whether it is such a program shows when a function needs it.</summary>
    public static Outcome<IReadOnlyDictionary<RuntimeIdentifier, string>> Read(IEnumerable<string> ofOption, string? ofVariable)
    {
        const StringSplitOptions Tidied = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        var choices = new Dictionary<RuntimeIdentifier, string>();
        var all = (ofVariable ?? "").Split(';', Tidied).Select(choice => (Source: Variable, Choice: choice))
            .Concat(ofOption.Select(choice => (Source: Option, Choice: choice)));
        foreach (var (source, choice) in all)
        {
            if (Problem(source, choice) is { } problem)
                return Outcome<IReadOnlyDictionary<RuntimeIdentifier, string>>.Unusable(problem);
            var (runtime, path) = Split(choice);
            choices[RuntimeIdentifier.Parse(runtime)!] = Path.GetFullPath(path);
        }

        return new(choices);
    }

    private static string? Problem(string source, string choice)
    {
        var (runtime, path) = Split(choice);
        if (runtime.Length == 0 || path.Length == 0)
            return $"{source} wants RUNTIME=PATH, not \"{choice}\"; for example {source}{Joint(source)}{Example}";
        if (RuntimeIdentifier.Parse(runtime) is null)
        {
            var meant = Suggestion.For(runtime, RuntimeIdentifier.Languages);
            return $"{source}: there is no runtime {runtime} that runs on a program of yours; "
                + (meant is null ? "it is nodejs, python3 or dotnet, or an identifier such as nodejs22.x" : $"did you mean {meant}?");
        }

        return File.Exists(path) ? null
            : $"{source}: there is no program {path} for {runtime}; give the path of a file, for example {source}{Joint(source)}{Example}";
    }

    private static string Joint(string source) => source == Option ? " " : "=";

    private static (string Runtime, string Path) Split(string choice)
    {
        var equals = choice.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? ("", "") : (choice[..equals].Trim(), choice[(equals + 1)..].Trim());
    }
}
