using Thaw.Linux;

namespace Thaw.Sandboxing.Agents;

/// <summary>
/// Whether something that the processes wrote is still on its way to us, without asking the agent: that costs two changes of processes, and
/// after most invocations there is nothing. The agent sends us the reading end of each pipe, only to be asked whether it is empty.
/// </summary>
internal sealed class UnreadOutput(FileDescriptor pipes, OutputGauge gauge) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<uint, FileDescriptor[]> ends = [];
    private Syscalls.pollfd[] polled = [];
    private long framesTaken;
    private int unknown;
    private bool isOver;

    /// <summary>A process has started: its pipes have been sent ahead of that news.</summary>
    public void Started(uint id, int pipeCount)
    {
        lock (gate)
        {
            FileDescriptor[] received = isOver ? [] : DescriptorChannel.Receive(pipes.Number);
            if (received.Length == pipeCount)
            {
                ends.Add(id, received);
                PollAll();
                return;
            }

            unknown++;
            foreach (var end in received)
                end.Dispose();
        }
    }

    /// <summary>A frame of output has been handed over.</summary>
    public void Taken() => Interlocked.Increment(ref framesTaken);

    /// <summary>Nobody has the writing ends of these any more.</summary>
    public void Forget(uint id)
    {
        lock (gate)
        {
            if (!ends.Remove(id, out var forgotten))
                return;
            PollAll();
            foreach (var end in forgotten)
                end.Dispose();
        }
    }

    /// <summary>True when certainly nothing is left; false when something may be.</summary>
    public bool IsNone()
    {
        lock (gate)
            return !isOver && unknown == 0 && AreEmpty() && gauge.IsStill(Interlocked.Read(ref framesTaken));
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

    private void PollAll() =>
        polled = [.. ends.Values.SelectMany(each => each, (_, end) => new Syscalls.pollfd { fd = end.Number, events = Syscalls.POLLIN })];

    // One call for all pipes. One that nobody writes to any more says so, too, and may be empty all the same.
    private unsafe bool AreEmpty()
    {
        fixed (Syscalls.pollfd* first = polled)
        {
            var count = Syscalls.poll(first, (nuint)polled.Length, timeoutMilliseconds: 0);
            return count == 0 || (count > 0 && !Array.Exists(polled, pipe => (pipe.revents & ~Syscalls.POLLHUP) != 0));
        }
    }
}
