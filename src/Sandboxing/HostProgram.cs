using System.ComponentModel;
using System.Diagnostics;

namespace Thaw.Sandboxing;

/// <summary>A program of the machine's administration, such as nft: where it lies, and a way to run it to its end.</summary>
/// <param name="Path">The file, absolute.</param>
public sealed record HostProgram(string Path)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // A plain user's PATH has no sbin, and neither has that of some services.
    private static readonly string[] UsualFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"];

    /// <summary>Looks through PATH, then in the usual places; null when the machine has none.</summary>
    public static HostProgram? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(UsualFolders)
            .Select(folder => System.IO.Path.Combine(folder, name))
            .FirstOrDefault(File.Exists) is { } path ? new(path) : null;

    /// <summary>Runs it, gives it <paramref name="input"/>, and waits for its end: its status, and what it wrote.</summary>
    /// <param name="arguments">Without the program's own name.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="patience">How long it may take; null for half a minute.</param>
    /// <exception cref="SandboxException">It cannot be run, or does not end in time.</exception>
    public (int Status, string Output, string Error) Run(IEnumerable<string> arguments, string input = "", TimeSpan? patience = null)
    {
        var start = new ProcessStartInfo(Path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C";
        try
        {
            using var process = Process.Start(start)!;
            using StreamReader outputs = process.StandardOutput, errors = process.StandardError;
            var (output, error) = (outputs.ReadToEndAsync(), errors.ReadToEndAsync());
            Feed(process, input);
            if (!process.WaitForExit(patience ?? Patience))
            {
                process.Kill(entireProcessTree: true);
                throw new SandboxException($"{Path} did not end within {(patience ?? Patience).TotalSeconds:0} s.");
            }

            return (process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult().Trim());
        }
        catch (Win32Exception failure)
        {
            throw new SandboxException($"Cannot execute {Path}: {failure.Message}.", failure);
        }
    }

    private static void Feed(Process process, string input)
    {
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of it; its status says why.
        }
    }
}
