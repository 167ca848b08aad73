using System.Globalization;
using System.Runtime.InteropServices;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// Gives the user namespace of a clone the limits that its original's had. Only who is in it can write them, and a process with threads
/// cannot go there: a shell does. It goes early and waits, because CRIU makes namespaces there until it has finished.
/// </summary>
internal sealed class Allowances : IDisposable
{
    private const string Shell = "/bin/sh";

    private static readonly string Script = "read -r go; cd /proc/sys/user || exit; "
        + string.Join(' ', NamespaceAllowances.All.Select(one => $"echo {one.Most} > {one.File};"));

    private readonly int shell;
    private readonly FileDescriptor go;
    private bool isOver;

    private Allowances(int shell, FileDescriptor go) => (this.shell, this.go) = (shell, go);

    /// <summary>Sends somebody there.</summary>
    /// <param name="first">The clone's first process: the namespaces are there.</param>
    /// <exception cref="SandboxException">It cannot be done.</exception>
    internal static Allowances Begin(int first)
    {
        var nsenter = HostProgram.Find("nsenter")
            ?? throw new SandboxException("There is no nsenter on this machine (fix: apt-get install util-linux).");
        using var nothing = new FileDescriptor(
            LinuxException.ThrowIfFailed(Syscalls.open("/dev/null", Syscalls.O_RDWR | Syscalls.O_CLOEXEC), "open /dev/null"));
        var (read, go) = FileDescriptor.Pipe();
        using var theirs = read;
        var spawn = new Spawn
        {
            Path = nsenter.Path,
            Arguments =
            [
                "nsenter", string.Create(CultureInfo.InvariantCulture, $"--user=/proc/{first}/ns/user"), "--", Shell, "-c", Script,
            ],
            Environment = [],
            WorkingDirectory = "/",
            Descriptors = [(read.Number, 0), (nothing.Number, 1), (nothing.Number, 2)],
        };
        var error = spawn.TryStart(out var pid);
        if (error == 0)
            return new(pid, go);
        go.Dispose();
        throw new SandboxException($"Cannot execute {spawn.Path}: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    /// <summary>On return the limits hold.</summary>
    internal async Task SetAsync()
    {
        go.Dispose();

        // Where the machine's /proc is read-only (a container's), limits stay the machine's own, as they do without a snapshot.
        while (!HasEnded())
            await Task.Delay(1).ConfigureAwait(false);
    }

    public void Dispose()
    {
        go.Dispose();
        if (HasEnded())
            return;
        _ = Syscalls.kill(shell, Syscalls.SIGKILL);
        _ = Syscalls.waitpid(shell, out _, 0);
    }

    private bool HasEnded() => isOver = isOver || Syscalls.waitpid(shell, out _, Syscalls.WNOHANG) != 0;
}
