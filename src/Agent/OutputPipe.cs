using System.Runtime.InteropServices;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;

namespace Thaw.Agent;

/// <summary>The reading end of one of a process's outputs.</summary>
internal sealed unsafe class OutputPipe(FileDescriptor end, uint id, byte stream, OutputGauge? gauge) : IDisposable
{
    /// <summary>What one read takes at most, in bytes: as much as a pipe usually holds.</summary>
    private const int ReadBytes = 64 * 1024;

    private int owed;

    internal int Descriptor => end.Number;

    /// <summary>False after end of file: nobody has the writing end any more.</summary>
    internal bool IsOpen { get; private set; } = true;

    /// <summary>
    /// How many bytes must be passed on before an exit is reported or a flush answered. What somebody else reads is owed no more:
    /// a process can open its own pipe for reading.
    /// </summary>
    internal int Owed => owed == 0 ? 0 : Math.Min(owed, Available);

    internal bool IsEmpty => Available == 0;

    private int Available
    {
        get
        {
            var available = 0;
            return IsOpen && Syscalls.ioctl(Descriptor, Syscalls.FIONREAD, &available) == 0 ? available : 0;
        }
    }

    /// <summary>
    /// What the pipe holds now is owed, no more: end of file is not waited for, because somebody may keep the pipe and go on writing.
    /// </summary>
    internal void OweWhatIsThere() => owed = Available;

    /// <summary>Moves what is there into one frame.</summary>
    internal void Pump(ByteQueue outbox)
    {
        gauge?.BeginMove();
        var count = OutputBody.WriteTo(outbox, id, stream, ReadBytes, Read);
        gauge?.EndMove(isFrame: count > 0);
        if (count > 0)
            owed = Math.Max(0, owed - count);
        else if (count == 0)
            Dispose();
    }

    public void Dispose()
    {
        IsOpen = false;
        owed = 0;
        end.Dispose();
    }

    /// <summary>0 at end of file, -1 when there is nothing at the moment.</summary>
    private int Read(Memory<byte> room)
    {
        fixed (byte* start = room.Span)
        {
            var count = Syscalls.read(Descriptor, start, (nuint)room.Length);
            return count >= 0 ? (int)count : Marshal.GetLastPInvokeError() is Errno.EAGAIN or Errno.EINTR ? -1 : 0;
        }
    }
}
