using Thaw.Contracts;
using Thaw.Environments.Functions;

namespace Thaw.Environments.Runtimes;

/// <summary>
/// Turns a runtime identifier into a command: our own small client on the machine's language for the managed ones, the function's own
/// <c>bootstrap</c> for <c>provided.*</c>. May be used by many at a time.
/// </summary>
/// <param name="directory">The folder that holds our clients, one sub-folder per language.</param>
/// <param name="programs">The machine's language programs.</param>
public sealed class RuntimeCatalog(string directory, MachinePrograms programs)
{
    /// <summary>Our clients beside the program, the user's language programs, and those that PATH leads to.</summary>
    public static RuntimeCatalog OfThisMachine(IReadOnlyDictionary<RuntimeIdentifier, string>? choices = null) =>
        new(Path.Combine(AppContext.BaseDirectory, "runtimes"), MachinePrograms.OnPath(choices));

    public RuntimeResolution Resolve(string identifier, FunctionFiles files)
    {
        if (identifier == "provided" || identifier.StartsWith("provided.", StringComparison.Ordinal))
            return new RuntimeResolution.Found(Bootstrap.Find(files));
        if (RuntimeIdentifier.Parse(identifier) is { } managed)
            return OnMachine(Language.Of(managed), managed);

        // Whoever brings a language's own runtime client brings its entry point too.
        if (Bootstrap.Find(files) is { Path: not null } own)
            return new RuntimeResolution.Found(own);

        return new RuntimeResolution.Unavailable(
            $"the runtime '{identifier}' is not built in: use nodejs*, python3.*, dotnet* or provided.al2023, "
            + "or bring the language's own runtime client behind a file 'bootstrap', in the code or in a layer");
    }

    private RuntimeResolution OnMachine(Language language, RuntimeIdentifier identifier)
    {
        var chosen = programs.ChoiceFor(identifier);
        if (programs.Nearest(language, identifier, directory) is not { } program)
            return new RuntimeResolution.Unavailable(chosen is null ? Missing(language) : Unfit(language, chosen));

        // A name without a version means the machine's.
        var version = identifier.Version ?? program.Version;
        var real = LanguagePrefix.Real(program.Path);
        var prefix = LanguagePrefix.Of(real, language.Marks(program.Version));
        var command = language.Command(prefix is null ? program : program with { Path = real }, version, directory) with
        {
            Prefix = prefix,
            Release = RuntimeReleases.Of(identifier, language, program),
        };
        if (language.Distance(program.Version, version) == 0)
            return new RuntimeResolution.Found(command);
        var asked = $"{language.Program} {language.Short(version)}";
        return new RuntimeResolution.Found(command, chosen is null
            ? $"{asked} is not installed; using {program.Path}, version {program.Version}"
            : $"{asked} was asked for; using {program.Path}, version {program.Version}, as it was set");
    }

    private static string Missing(Language language) =>
        $"no {language.Program} was found on this machine: install it, for example by 'apt-get install {language.Package}', "
        + "or say where it is: --program RUNTIME=PATH";

    private static string Unfit(Language language, string chosen) =>
        $"{chosen} does not run as {language.Program}, {language.Short(language.Oldest)} or later: "
        + $"set --program or THAW_PROGRAMS to the path of a {language.Program}, or leave it out for the one that thaw finds";
}
