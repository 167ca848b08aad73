using System.Globalization;
using Thaw.Environments.Functions;

namespace Thaw.Environments.Runtimes;

/// <summary>
/// Turns a runtime identifier into a command: our own small client on the machine's language for the managed ones, the function's own
/// <c>bootstrap</c> for <c>provided.*</c>.
/// </summary>
/// <param name="directory">The folder that holds our clients, one sub-folder per language.</param>
/// <param name="programs">The machine's language programs.</param>
public sealed class RuntimeCatalog(string directory, MachinePrograms programs)
{
    /// <summary>Our clients beside the program, and the language programs that PATH leads to.</summary>
    public static RuntimeCatalog OfThisMachine() => new(Path.Combine(AppContext.BaseDirectory, "runtimes"), MachinePrograms.OnPath());

    public RuntimeResolution Resolve(string identifier, FunctionFiles files)
    {
        if (identifier == "provided" || identifier.StartsWith("provided.", StringComparison.Ordinal))
            return new RuntimeResolution.Found(Bootstrap.Find(files));
        if (VersionBehind("nodejs", identifier.Replace(".x", "", StringComparison.Ordinal)) is { } node)
            return OnMachine("node", node, "nodejs", Node);
        if (VersionBehind("python", identifier == "python3" ? "python" : identifier) is { } python)
            return OnMachine("python3", python, "python3", Python);

        return new RuntimeResolution.Unavailable(
            $"the runtime '{identifier}' is not built in: use nodejs*, python3.* or provided.*, "
            + "or bring the language's own runtime client behind a 'bootstrap' file and choose provided.al2023");
    }

    private RuntimeResolution OnMachine(string name, Version wanted, string package, Func<MachineProgram, Version, RuntimeCommand> command)
    {
        var missing = $"no {name} was found on this machine: install it, for example by 'apt-get install {package}'";
        if (programs.Nearest(name, wanted) is not { } program)
            return new RuntimeResolution.Unavailable(missing);

        // A name without a version means the machine's.
        var version = wanted.Major == 0 ? program.Version : wanted;
        var isExact = program.Version.Major == version.Major && (name == "node" || program.Version.Minor == version.Minor);
        return new RuntimeResolution.Found(
            command(program, version),
            isExact ? null : $"{name} {Short(wanted, name)} is not installed; using {program.Path}, version {program.Version}");
    }

    private RuntimeCommand Node(MachineProgram program, Version version)
    {
        var runtime = Path.Combine(directory, "nodejs");
        var modules = $"nodejs/node{version.Major}/node_modules";
        return new RuntimeCommand(
            program.Path,
            [Path.Combine(runtime, "bootstrap.cjs")],
            runtime,
            Path.GetDirectoryName(program.Path)!,
            $"nodejs{version.Major}.x",
            files =>
            [
                new("NODE_PATH", string.Join(':',
                    $"{files.Opt}/nodejs/node{version.Major}/node_modules", $"{files.Opt}/nodejs/node_modules", $"{runtime}/node_modules")),
            ]);
    }

    private RuntimeCommand Python(MachineProgram program, Version version)
    {
        var runtime = Path.Combine(directory, "python");
        var folder = $"python{program.Version.Major}.{program.Version.Minor}";
        return new RuntimeCommand(
            program.Path,
            // Without `site`: functions see their own packages first, and the start is not slowed by the machine's.
            ["-S", "-X", "utf8", Path.Combine(runtime, "bootstrap.py")],
            runtime,
            Path.GetDirectoryName(program.Path)!,
            $"python{version.ToString(2)}",
            files => [new("PYTHONPATH", $"{files.Opt}/python/lib/{folder}/site-packages:{files.Opt}/python")]);
    }

    private static string Short(Version version, string name) =>
        name == "node" ? version.Major.ToString(CultureInfo.InvariantCulture) : version.ToString(2);

    private static Version? VersionBehind(string language, string identifier)
    {
        if (!identifier.StartsWith(language, StringComparison.Ordinal))
            return null;
        var text = identifier[language.Length..];
        return text.Length == 0 ? new Version(0, 0)
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? new Version(major, 0)
            : Version.TryParse(text, out var version) ? version
            : null;
    }
}
