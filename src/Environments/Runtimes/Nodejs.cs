using System.Globalization;

namespace Thaw.Environments.Runtimes;

/// <summary>Functions for <c>nodejs*</c>; only the major version is a version of the language.</summary>
internal sealed class Nodejs : Language
{
    public static readonly Nodejs Instance = new();

    public override string Program => "node";

    public override string Package => "nodejs";

    public override Version Oldest { get; } = new(18, 0);

    public override IReadOnlyList<string> Question(string directory) => ["-p", "process.execPath + '\\n' + process.versions.node"];

    public override IEnumerable<string> FileNames(Version? wanted) =>
        wanted is null ? ["node", "nodejs"] : ["node", $"node{wanted.Major}", "nodejs"];

    public override int Distance(Version version, Version wanted) => Math.Abs(version.Major - wanted.Major);

    public override string Short(Version version) => version.Major.ToString(CultureInfo.InvariantCulture);

    public override string IdentifierOf(Version version) => $"nodejs{version.Major}.x";

    public override IEnumerable<string> Marks(Version version) => ["lib/node_modules", "include/node"];

    public override RuntimeCommand Command(MachineProgram program, Version version, string directory)
    {
        var runtime = Path.Combine(directory, "nodejs");
        var bin = Path.GetDirectoryName(program.Path)!;
        return new RuntimeCommand(
            program.Path,
            [Path.Combine(runtime, "bootstrap.cjs")],
            runtime,
            bin,
            IdentifierOf(version),
            files =>
            [
                new("NODE_PATH", string.Join(':',
                [
                    $"{files.Opt}/nodejs/node{version.Major}/node_modules",
                    $"{files.Opt}/nodejs/node_modules",
                    $"{runtime}/node_modules",
                    .. GlobalPackages(Path.GetDirectoryName(bin)!),
                ])),
            ]);
    }

    // Where `npm install --global` puts packages, so that @aws-sdk is found as in Lambda. Looked at last, and only by an import that
    // finds nothing before.
    private static IEnumerable<string> GlobalPackages(string prefix) => prefix == "/usr"
        ? ["/usr/local/lib/node_modules", "/usr/lib/node_modules"]
        : [$"{prefix}/lib/node_modules"];
}
