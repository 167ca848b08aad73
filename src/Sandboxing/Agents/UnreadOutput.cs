using Thaw.Linux;

namespace Thaw.Sandboxing.Agents;

/// <summary>
/// Whether something that the processes wrote is still on its way to us, without asking the agent: that costs two changes of processes, and
/// after most invocations there is nothing. The agent sends us the reading end of each pipe, only to be asked whether it is empty.
/// </summary>
/// <param name="pipes">The channel over which they come; null where there is none, and the agent is always asked.</param>
/// <param name="gauge">The agent's.</param>
/// <param name="framesTaken">How many frames of output have been handed over already.</param>
internal sealed class UnreadOutput(FileDescriptor? pipes, OutputGauge gauge, long framesTaken = 0) : IDisposable
{
    /// <summary>Stands for all processes that an agent had before it was restored.</summary>
    internal const uint OfRestored = 0;

    private readonly Lock gate = new();
    private readonly Dictionary<uint, FileDescriptor[]> ends = [];
    private readonly PipeEnds asked = new();
    private long framesTaken = framesTaken;
    private int unknown;
    private bool isOver;

    /// <summary>How many frames of output have been handed over.</summary>
    public long FramesTaken => Interlocked.Read(ref framesTaken);

    /// <summary>Pipes of processes that have been restored.</summary>
    /// <param name="received">Ours from now on.</param>
    public void Restored(FileDescriptor[] received)
    {
        lock (gate)
            Take(OfRestored, received);
    }

    /// <summary>A process has started: its pipes have been sent ahead of that news.</summary>
    public void Started(uint id, int pipeCount)
    {
        lock (gate)
        {
            FileDescriptor[] received = isOver || pipes is null ? [] : DescriptorChannel.Receive(pipes.Number);
            if (received.Length == pipeCount)
            {
                Take(id, received);
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
            foreach (var end in forgotten)
            {
                unknown -= asked.TryRemove(end) ? 0 : 1;
                end.Dispose();
            }
        }
    }

    /// <summary>True when certainly nothing is left; false when something may be.</summary>
    public bool IsNone()
    {
        lock (gate)
            return !isOver && unknown == 0 && asked.AreEmpty() && gauge.IsStill(Interlocked.Read(ref framesTaken));
    }

    public void Dispose()
    {
        lock (gate)
        {
            isOver = true;
            foreach (var id in ends.Keys.ToArray())
                Forget(id);
            asked.Dispose();
            pipes?.Dispose();
            gauge.Dispose();
        }
    }

    private void Take(uint id, FileDescriptor[] received)
    {
        ends.Add(id, received);
        foreach (var end in received)
            unknown += asked.TryAdd(end) ? 0 : 1;
    }
}
