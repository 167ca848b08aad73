using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.Agent;

/// <summary>A process started for the daemon.</summary>
internal sealed class ChildProcess
{
    private int waitStatus;

    private ChildProcess(uint id, int pid, OutputPipe[] pipes) => (Id, Pid, Pipes) = (id, pid, pipes);

    internal uint Id { get; }

    internal int Pid { get; }

    /// <summary>Standard output, standard error, and the third if it was asked for.</summary>
    internal OutputPipe[] Pipes { get; }

    internal bool IsReaped { get; private set; }

    internal bool IsReadyToReport => IsReaped && Array.TrueForAll(Pipes, pipe => pipe.Owed == 0);

    /// <summary>Starts the program with fresh pipes. Returns null and the error number when it cannot be executed.</summary>
    internal static ChildProcess? Start(StartBody start, OutputGauge? gauge, out int error)
    {
        var places = new List<int> { 1, 2 };
        if (start.ExtraOutput != 0)
            places.Add((int)start.ExtraOutput);
        var (ours, theirs) = (new List<FileDescriptor>(), new List<FileDescriptor>());
        var isStarted = false;
        try
        {
            foreach (var _ in places)
            {
                var (read, write) = FileDescriptor.Pipe();
                ours.Add(read);
                theirs.Add(write);
            }

            var spawn = new Spawn
            {
                Path = start.Path,
                Arguments = start.Arguments,
                Environment = start.Environment,
                WorkingDirectory = start.WorkingDirectory,
                Descriptors = [.. theirs.Select((end, i) => (end.Number, places[i]))],
            };
            error = spawn.TryStart(out var pid);
            isStarted = error == 0;
            return isStarted ? new(start.Id, pid, [.. ours.Select((end, i) => Pipe(end, start.Id, i, gauge))]) : null;
        }
        finally
        {
            theirs.ForEach(end => end.Dispose());
            if (!isStarted)
                ours.ForEach(end => end.Dispose());
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
        foreach (var pipe in Pipes)
            pipe.OweWhatIsThere();
    }

    internal void Report(ByteQueue outbox)
    {
        // As WIFEXITED, WEXITSTATUS and WTERMSIG read it; see wait(2).
        var signal = waitStatus & 0x7f;
        new ExitedBody(Id, signal == 0 ? (waitStatus >> 8) & 0xff : 0, signal).WriteTo(outbox);
    }

    private static OutputPipe Pipe(FileDescriptor end, uint id, int index, OutputGauge? gauge)
    {
        // Only our end: a process may open its pipe for reading too, and take what poll has promised us.
        _ = Syscalls.fcntl(end.Number, Syscalls.F_SETFL, Syscalls.O_NONBLOCK);
        return new OutputPipe(end, id, (byte)(OutputBody.Stdout + index), gauge);
    }
}
