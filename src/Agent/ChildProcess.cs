using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.Agent;

/// <summary>A process started for the daemon.</summary>
internal sealed class ChildProcess
{
    private int waitStatus;

    private ChildProcess(uint id, int pid, OutputPipe stdout, OutputPipe stderr) => (Id, Pid, Stdout, Stderr) = (id, pid, stdout, stderr);

    internal uint Id { get; }

    internal int Pid { get; }

    internal OutputPipe Stdout { get; }

    internal OutputPipe Stderr { get; }

    internal bool IsReaped { get; private set; }

    internal bool IsReadyToReport => IsReaped && Stdout.Owed == 0 && Stderr.Owed == 0;

    /// <summary>Starts the program with two fresh pipes. Returns null and the error number when it cannot be executed.</summary>
    internal static ChildProcess? Start(StartBody start, OutputGauge? gauge, out int error)
    {
        var (stdout, stdoutEnd) = FileDescriptor.Pipe();
        var (stderr, stderrEnd) = FileDescriptor.Pipe();
        using (stdoutEnd)
        using (stderrEnd)
        {
            var spawn = new Spawn
            {
                Path = start.Path,
                Arguments = start.Arguments,
                Environment = start.Environment,
                WorkingDirectory = start.WorkingDirectory,
                Descriptors = [(stdoutEnd.Number, 1), (stderrEnd.Number, 2)],
            };
            error = spawn.TryStart(out var pid);
            if (error != 0)
            {
                stdout.Dispose();
                stderr.Dispose();
                return null;
            }

            // Only our ends: a process may open its pipe for reading too, and take what poll has promised us.
            _ = Syscalls.fcntl(stdout.Number, Syscalls.F_SETFL, Syscalls.O_NONBLOCK);
            _ = Syscalls.fcntl(stderr.Number, Syscalls.F_SETFL, Syscalls.O_NONBLOCK);
            return new(
                start.Id,
                pid,
                new(stdout, start.Id, OutputBody.Stdout, gauge),
                new(stderr, start.Id, OutputBody.Stderr, gauge));
        }
    }

    /// <summary>Signals the process group; the process alone when it has moved to another group.</summary>
    internal void Signal(int signal)
    {
        if (Syscalls.kill(-Pid, signal) < 0)
            _ = Syscalls.kill(Pid, signal);
    }

    internal void Reaped(int waitStatus)
    {
        this.waitStatus = waitStatus;
        IsReaped = true;
        Stdout.OweWhatIsThere();
        Stderr.OweWhatIsThere();
    }

    internal void Report(ByteQueue outbox)
    {
        // As WIFEXITED, WEXITSTATUS and WTERMSIG read it; see wait(2).
        var signal = waitStatus & 0x7f;
        new ExitedBody(Id, signal == 0 ? (waitStatus >> 8) & 0xff : 0, signal).WriteTo(outbox);
    }
}
