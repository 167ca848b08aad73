using System.Diagnostics;
using Thaw.Sandboxing.Cgroups;

namespace Thaw.SystemTests.Sandboxing;

/// <summary>A program that begins once it is in a group.</summary>
internal sealed class GroupedProcess : IDisposable
{
    private readonly Process process;

    private GroupedProcess(Process process) => this.process = process;

    public int Pid => process.Id;

    public StreamReader Output => process.StandardOutput;

    public static GroupedProcess Start(EnvironmentGroup group, params string[] program)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "read go; exec \"$@\"", "sh", .. program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        group.Add(process.Id);
        process.StandardInput.WriteLine("go");
        return new GroupedProcess(process);
    }

    public static GroupedProcess Python(EnvironmentGroup group, string script) =>
        Start(group, "/usr/bin/python3", "-I", "-S", "-c", script);

    /// <summary>Its status, or 128 and the signal.</summary>
    public async Task<int> ExitAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).InTimeAsync();
        return process.ExitCode;
    }

    public async Task<string> ReadLineAsync() => await Output.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().InTimeAsync() ?? "";

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
