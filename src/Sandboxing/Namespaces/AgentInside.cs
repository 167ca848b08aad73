using Thaw.Linux.AgentProtocol;
using Thaw.Sandboxing.Agents;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>How the agent is found from inside of a sandbox, once the set-up has come there.</summary>
/// <param name="Program">As it is found outside.</param>
/// <param name="Files">What of it has to be mounted: files and folders.</param>
/// <param name="Command">The words that make it serve; none where it does so without being executed once more.</param>
internal sealed record AgentInside(AgentProgram Program, IReadOnlyList<MountInside> Files, IReadOnlyList<string> Command)
{
    private const string Folder = RootFileSystem.AgentFolder;

    /// <param name="whole">A snapshot can be taken of it.</param>
    internal static AgentInside Of(AgentProgram program, bool whole = false)
    {
        var word = whole ? AgentWords.RunWhole : AgentWords.Run;
        const string Native = $"{Folder}/agent";
        if (program.IsNative)
            return whole ? new(program, [new(program.Path, Native)], [Native, word]) : new(program, [], []);

        // The runtime takes its libraries from beside its host, so both move together.
        const string Runtime = $"{Folder}/dotnet", Assemblies = $"{Folder}/assemblies";
        var assembly = program.Arguments[0];
        return new(
            program,
            [new(Path.GetDirectoryName(program.Path)!, Runtime), new(Path.GetDirectoryName(assembly)!, Assemblies)],
            [$"{Runtime}/{Path.GetFileName(program.Path)}", $"{Assemblies}/{Path.GetFileName(assembly)}", word]);
    }
}
