using Thaw.Linux;

namespace Thaw.Sandboxing.Processes;

/// <summary>
/// Whether something that the processes wrote is still on its way to us, without asking the agent: that costs two changes of processes, and
/// after most invocations there is nothing. The agent sends us the reading end of each pipe, only to be asked how full it is.
/// </summary>
internal sealed class UnreadOutput(FileDescriptor pipes, OutputGauge gauge) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<uint, (FileDescriptor Stdout, FileDescriptor Stderr)> ends = [];
    private long framesTaken;
    private int unknown;
    private bool isOver;

    /// <summary>A process has started: its pipes have been sent ahead of that news.</summary>
    public void Started(uint id)
    {
        lock (gate)
        {
            if (!isOver && DescriptorChannel.TryReceive(pipes.Number) is { } received)
                ends.Add(id, received);
            else
                unknown++;
        }
    }

    /// <summary>A frame of output has been handed over.</summary>
    public void Taken() => Interlocked.Increment(ref framesTaken);

    /// <summary>Nobody has the writing ends of these any more.</summary>
    public void Forget(uint id)
    {
        lock (gate)
        {
            if (!ends.Remove(id, out var pair))
                return;
            pair.Stdout.Dispose();
            pair.Stderr.Dispose();
        }
    }

    /// <summary>True when certainly nothing is left; false when something may be.</summary>
    public bool IsNone()
    {
        lock (gate)
        {
            if (isOver || unknown > 0)
                return false;
            foreach (var (stdout, stderr) in ends.Values)
            {
                if (!IsEmpty(stdout) || !IsEmpty(stderr))
                    return false;
            }

            return gauge.IsStill(Interlocked.Read(ref framesTaken));
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isOver = true;
            foreach (var id in ends.Keys.ToArray())
                Forget(id);
            pipes.Dispose();
            gauge.Dispose();
        }
    }

    private static unsafe bool IsEmpty(FileDescriptor pipe)
    {
        int bytes;
        return Syscalls.ioctl(pipe.Number, Syscalls.FIONREAD, &bytes) == 0 && bytes == 0;
    }
}
