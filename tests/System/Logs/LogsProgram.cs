using System.Diagnostics;
using Thaw.SystemTests.Runs;
using Thaw.SystemTests.Up;

namespace Thaw.SystemTests.Logs;

/// <summary><c>thaw logs</c> as a process of its own.</summary>
internal sealed class LogsProgram : IDisposable
{
    private readonly Process process;
    private readonly Sink output, error;

    private LogsProgram(Uri endpoint, string[] arguments)
    {
        var start = new ProcessStartInfo(ThawProgram.Path, ["logs", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["THAW_ENDPOINT"] = endpoint.ToString() },
        };
        process = Process.Start(start)!;
        (output, error) = (new(process.StandardOutput.BaseStream), new(process.StandardError.BaseStream));
    }

    public string Printed => output.SoFar;

    /// <summary>Starts it, for what will come.</summary>
    public static LogsProgram Follow(Uri endpoint, params string[] arguments) => new(endpoint, [.. arguments, "--follow"]);

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Status, string[] Lines, string Error)> RunAsync(Uri endpoint, params string[] arguments)
    {
        using var program = new LogsProgram(endpoint, arguments);
        var status = await program.EndAsync();
        return (status, program.output.SoFar.Split('\n', StringSplitOptions.RemoveEmptyEntries), program.error.SoFar);
    }

    /// <summary>Runs a line of bash, in which THAW is the program; its status is that of the first part that fails.</summary>
    public static async Task<(int Status, string Said)> InShellAsync(string line)
    {
        var command = "set -o pipefail; " + line.Replace("THAW", $"'{ThawProgram.Path}'", StringComparison.Ordinal);
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { RedirectStandardOutput = true })!;
        var said = await shell.StandardOutput.ReadToEndAsync().WaitAsync(RunningDaemon.Patience);
        await shell.WaitForExitAsync().WaitAsync(RunningDaemon.Patience);
        return (shell.ExitCode, said);
    }

    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(RunningDaemon.Patience);
        await output.AllAsync(RunningDaemon.Patience);
        await error.AllAsync(RunningDaemon.Patience);
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
