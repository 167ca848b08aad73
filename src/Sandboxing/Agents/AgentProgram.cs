using System.Runtime.InteropServices;

namespace Thaw.Sandboxing.Agents;

/// <summary>How to start the agent: the native program, or its assembly on the .NET runtime when nobody could link it.</summary>
/// <param name="Path">The file to execute, absolute.</param>
/// <param name="Arguments">What follows its name.</param>
/// <param name="IsNative">False when it starts in some 60 ms instead of 3, and weighs accordingly; worth a notice to the user.</param>
public sealed record AgentProgram(string Path, IReadOnlyList<string> Arguments, bool IsNative)
{
    private const string Native = "thaw-agent", Assembly = "thaw-agent.dll";

    /// <summary>Its environment. On the .NET runtime: no debugger's door for others of the same user, and no thread for it.</summary>
    internal IReadOnlyList<string> Variables => IsNative ? [] : ["DOTNET_EnableDiagnostics=0"];

    /// <summary>Finds the agent beside the running program.</summary>
    /// <exception cref="SandboxException">It is not there, or needs a .NET runtime that cannot be found.</exception>
    public static AgentProgram Find() => FindIn(AppContext.BaseDirectory);

    /// <inheritdoc cref="Find"/>
    public static AgentProgram FindIn(string directory)
    {
        var native = System.IO.Path.Combine(directory, Native);
        if (File.Exists(native))
            return new(native, [], IsNative: true);

        var assembly = System.IO.Path.Combine(directory, Assembly);
        return File.Exists(assembly)
            ? new(DotnetHost(), [assembly], IsNative: false)
            : throw new SandboxException(
                $"There is no agent in {directory}. Place it there: " +
                $"dotnet publish src/Agent -c Release -r {RuntimeInformation.RuntimeIdentifier} -o {directory}");
    }

    /// <summary>The dotnet that runs us, if one does, otherwise the machine's.</summary>
    internal static string DotnetHost()
    {
        // The runtime lies in DOTNET/shared/Microsoft.NETCore.App/VERSION/. (A native program has none, and finds nothing three steps up.)
        List<string?> candidates =
        [
            Environment.ProcessPath is { } self && System.IO.Path.GetFileName(self) == "dotnet" ? self : null,
            System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"),
            InDirectory(Environment.GetEnvironmentVariable("DOTNET_ROOT")),
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(InDirectory),
        ];
        var host = candidates.FirstOrDefault(candidate => candidate is not null && File.Exists(candidate));
        return host is not null
            ? System.IO.Path.GetFullPath(host)
            : throw new SandboxException(
                "The agent here needs a dotnet to run it, and there is none: set DOTNET_ROOT, or place a native thaw-agent beside thaw.");
    }

    private static string? InDirectory(string? directory) =>
        string.IsNullOrEmpty(directory) ? null : System.IO.Path.Combine(directory, "dotnet");
}
