using System.Text.RegularExpressions;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>A CRIU that can do what is asked of it here.</summary>
/// <param name="Path">The program, absolute.</param>
/// <param name="Version">As it says itself.</param>
public sealed partial record Criu(string Path, Version Version)
{
    /// <summary>Where Thaw puts one of its own, where the machine's packages have none or an old one.</summary>
    public const string OwnFolder = "/opt/criu";

    private const string Program = "criu";

    /// <summary>Kernels from 6.16 on refuse what older ones ask of them.</summary>
    public static Version Oldest { get; } = new(4, 2);

    /// <summary>The machine's if it will do, else Thaw's own; null when there is neither.</summary>
    /// <param name="ownFolder">Where Thaw's own lies.</param>
    public static Criu? Find(string ownFolder = OwnFolder) =>
        ((string?[])[HostProgram.Find(Program)?.Path, System.IO.Path.Combine(ownFolder, Program)])
            .OfType<string>()
            .Select(Of)
            .FirstOrDefault(found => found?.Version >= Oldest);

    /// <summary>Whatever it is that lies there; null when it is no CRIU.</summary>
    public static Criu? Of(string path)
    {
        try
        {
            return File.Exists(path) && VersionIn(new HostProgram(path).Run(["--version"]).Output) is { } version
                ? new(path, version)
                : null;
        }
        catch (SandboxException)
        {
            return null;
        }
    }

    /// <summary>Reads what <c>criu --version</c> says; null when it is no CRIU's answer.</summary>
    public static Version? VersionIn(string answer) =>
        Said().Match(answer) is { Success: true } match ? Version.Parse(match.Groups[1].Value) : null;

    [GeneratedRegex(@"Version: (\d+(\.\d+)+)")]
    private static partial Regex Said();
}
