using Thaw.Cli.CommandLine;
using Thaw.Contracts;

namespace Thaw.Cli.Run;

/// <summary>Turns the words after <c>thaw run</c> into <see cref="RunOptions"/>, or into one line that names
/// the mistake and its fix.</summary>
public static class RunArguments
{
    private const int MaxRepeat = 10_000;

    private static readonly string[] Valued =
    [
        "--handler", "--runtime", "--event", "--layer", VariableOption.Name, "--timeout", "--memory",
        "--initialization-type", "--repeat", .. SandboxOptions.Names, DialectOption.Name, ProgramChoices.Option, "--data",
    ];

    private static readonly string[] Flags = ["--snapstart", "--json", .. SandboxOptions.Flags];

    /// <param name="arguments">All after <c>run</c>.</param>
    /// <param name="programs">What THAW_PROGRAMS says.</param>
    public static Outcome<RunOptions> Parse(IReadOnlyList<string> arguments, string? programs = null)
    {
        var read = ArgumentList.Read(arguments, Valued, Flags);
        if (read.Problem is not null)
            return Wrong(read.Problem);
        var given = read.Value;

        if (given.Words.Count == 0)
            return Wrong("which function? Give its folder or zip file, for example thaw run samples/hello-node");
        if (given.Words.Count > 1)
            return Wrong($"one function at a time: \"{given.Words[1]}\" is one argument too many (quote values that contain spaces)");

        var timeout = NumberOption.Read(given, "--timeout", "seconds", Limits.MinTimeoutSeconds, Limits.MaxTimeoutSeconds, 30);
        var memory = NumberOption.Read(given, "--memory", "megabytes", Limits.MinMemoryMegabytes, Limits.MaxMemoryMegabytes, 512);
        var repeat = NumberOption.Read(given, "--repeat", "a number", 1, MaxRepeat, 3);
        var variables = VariableOption.Read(given);
        var type = TypeOfInitialization(given);
        var sandboxes = SandboxOptions.Read(given);
        var dialect = DialectOption.Read(given);
        var chosen = ProgramChoices.Read(given.Values(ProgramChoices.Option), programs);
        var problem = timeout.Problem ?? memory.Problem ?? repeat.Problem ?? variables.Problem ?? type.Problem ?? sandboxes.Problem
            ?? chosen.Problem ?? dialect.Problem;
        if (problem is not null)
            return Wrong(problem);

        return new(new RunOptions
        {
            Path = given.Words[0],
            Handler = given.Value("--handler"),
            Runtime = given.Value("--runtime"),
            Event = EventSource.Parse(given.Value("--event") ?? "{}"),
            Layers = given.Values("--layer"),
            Variables = variables.Value,
            Timeout = timeout.Value is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            MemoryMegabytes = memory.Value,
            InitializationType = type.Value,
            SnapStart = given.Has("--snapstart"),
            Repeat = repeat.Value ?? 1,
            Sandboxes = sandboxes.Value,
            Dialect = dialect.Value,
            Programs = chosen.Value,
            DataDirectory = given.Value("--data"),
            Json = given.Has("--json"),
        });
    }

    private static Outcome<RunOptions> Wrong(string problem) => Outcome<RunOptions>.Unusable(problem);

    // --snapstart is the whole way, snapshot and restore; it needs, and so implies, the type of initialization of its name.
    private static Outcome<InitializationType> TypeOfInitialization(ArgumentList given)
    {
        var snapStart = given.Has("--snapstart");
        var names = Enum.GetValues<InitializationType>().Select(known => known.ToWireName()).ToArray();
        var word = WordOption.Read(given, "--initialization-type", names);
        if (word.Problem is not null)
            return Outcome<InitializationType>.Unusable(word.Problem);
        if (word.Value is not { } text || InitializationTypeNames.Parse(text) is not { } type)
            return new(snapStart ? InitializationType.SnapStart : InitializationType.OnDemand);
        return snapStart && type != InitializationType.SnapStart
            ? Outcome<InitializationType>.Unusable(
                $"--snapstart and --initialization-type {text} exclude each other; leave one of them out")
            : new(type);
    }
}
