using System.Globalization;

namespace Thaw.Environments.Runtimes;

/// <summary>
/// Functions for <c>dotnet*</c>. One program, the host, starts whichever of the installed runtimes a function needs; what the handler
/// names is decided beside the function, by <c>runtimes/dotnet/bootstrap.sh</c>.
/// </summary>
internal sealed class Dotnet : Language
{
    public static readonly Dotnet Instance = new();

    private const string Runtime = "Microsoft.NETCore.App ";

    // A newer runtime can stand in, an older one hardly ever.
    private const int OlderIsWorse = 1_000;

    public override string Program => "dotnet";

    public override string Package => "dotnet-runtime-10.0";

    public override Version Oldest { get; } = new(3, 1);

    public override IReadOnlyList<string> Question(string directory) => ["--list-runtimes"];

    public override IEnumerable<string> FileNames(Version? wanted) => ["dotnet"];

    public override int Distance(Version version, Version wanted) =>
        version.Major >= wanted.Major ? version.Major - wanted.Major : OlderIsWorse + wanted.Major - version.Major;

    public override string Short(Version version) => version.Major.ToString(CultureInfo.InvariantCulture);

    public override string IdentifierOf(Version version) =>
        version.Major < 5 ? $"dotnetcore{version.ToString(2)}" : $"dotnet{version.Major}";

    // Lines such as `Microsoft.NETCore.App 10.0.1 [/usr/share/dotnet/shared/Microsoft.NETCore.App]`. The host is above them, whatever
    // shim was asked.
    public override IEnumerable<MachineProgram> Read(string answer) => answer.Split('\n')
        .Where(line => line.StartsWith(Runtime, StringComparison.Ordinal))
        .Select(line => line[Runtime.Length..].Split(' ', 2))
        .Where(words => words.Length == 2)
        .Select(words => (Folder: words[1].Trim('[', ']'), Version: VersionOf(words[0])))
        .Where(runtime => runtime.Version is not null)
        .Select(runtime => new MachineProgram(Path.GetFullPath(Path.Combine(runtime.Folder, "../../dotnet")), runtime.Version!))
        .OrderByDescending(program => program.Version);

    public override IEnumerable<string> Marks(Version version) => ["shared/Microsoft.NETCore.App"];

    public override RuntimeCommand Command(MachineProgram program, Version version, string directory)
    {
        var runtime = Path.Combine(directory, "dotnet");
        var root = Path.GetDirectoryName(program.Path)!;
        return new RuntimeCommand(program.Path, [], runtime, root, IdentifierOf(version), _ => [])
        {
            Launcher = ["/bin/sh", Path.Combine(runtime, "bootstrap.sh")],
            Defaults =
            [
                new("DOTNET_ROOT", root),
                new("DOTNET_NOLOGO", "true"),
                new("DOTNET_CLI_TELEMETRY_OPTOUT", "true"),
                // Functions are built for one version and refuse the next one unless they are told.
                .. RollForward(isWanted: Distance(program.Version, version) == 0),
            ],
        };
    }

    private static KeyValuePair<string, string>[] RollForward(bool isWanted) => isWanted ? [] : [new("DOTNET_ROLL_FORWARD", "Major")];

    // A preview's name has a tail.
    private static Version? VersionOf(string text) => Version.TryParse(text.Split('-')[0], out var version) ? version : null;
}
