using System.Globalization;
using Thaw.DoomedDaemon;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Processes;

// A daemon that tests kill: it starts the shell command it is given in a sandbox, passes the command's output on, and waits for its end.
// Or it takes snapshots, and restores them.
if (args is ["snapshots", var folder, var criu, var mark])
    await EndlessSnapshots.RunAsync(folder, criu, mark);
await using var sandbox = await ProcessSandbox.CreateAsync(new());
await sandbox.StartAsync(new()
{
    Path = "/bin/sh",
    Arguments = ["-c", args[0]],
    Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
    WorkingDirectory = "/",
    Output = new Echo(),
});
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"daemon {Environment.ProcessId}"));
await Task.Delay(Timeout.Infinite);

internal sealed class Echo : IProcessOutput
{
    public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        using var stdout = Console.OpenStandardOutput();
        stdout.Write(bytes);
    }
}
