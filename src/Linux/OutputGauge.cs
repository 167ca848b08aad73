namespace Thaw.Linux;

/// <summary>
/// A page of memory in which the agent keeps count of the output that it passes on, for the daemon to read without asking.
/// <code>
///   process --> pipe --> agent --> link --> daemon
///               empty?   moving?   as many frames as have come?
/// </code>
/// When all three are answered well, in this order, nothing that was written before the first question is still on its way: what has left
/// the pipe has been marked as moving before, and is counted before the mark goes.
/// </summary>
internal sealed unsafe class OutputGauge : IDisposable
{
    private const int Bytes = 4096;

    private readonly Page* page;

    private OutputGauge(nint address) => page = (Page*)address;

    /// <summary>A new one. Its descriptor is for the agent.</summary>
    internal static OutputGauge Create(out FileDescriptor memory)
    {
        memory = new FileDescriptor(
            LinuxException.ThrowIfFailed(Syscalls.memfd_create("thaw-output", Syscalls.MFD_CLOEXEC), "memfd_create"));
        LinuxException.ThrowIfFailed(Syscalls.ftruncate(memory.Number, Bytes), "ftruncate");
        return Map(memory.Number) ?? throw new LinuxException("mmap", System.Runtime.InteropServices.Marshal.GetLastPInvokeError());
    }

    /// <summary>The one behind a descriptor; null when there is none.</summary>
    internal static OutputGauge? Map(int descriptor)
    {
        var address = Syscalls.mmap(0, Bytes, Syscalls.PROT_READ | Syscalls.PROT_WRITE, Syscalls.MAP_SHARED, descriptor, 0);
        return address == -1 ? null : new OutputGauge(address);
    }

    /// <summary>The agent is about to take something out of a pipe.</summary>
    internal void BeginMove()
    {
        page->Moving = 1;
        Interlocked.MemoryBarrier();
    }

    /// <summary>What it took, if anything, is on the way to the daemon, as one frame.</summary>
    internal void EndMove(bool isFrame)
    {
        if (isFrame)
            Volatile.Write(ref page->Frames, page->Frames + 1);
        Volatile.Write(ref page->Moving, 0);
    }

    /// <summary>Whether the daemon, which has taken this many frames of output, has all that ever left a pipe.</summary>
    internal bool IsStill(long framesTaken)
    {
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref page->Moving) == 0 && Volatile.Read(ref page->Frames) == framesTaken;
    }

    public void Dispose() => _ = Syscalls.munmap((nint)page, Bytes);

    private struct Page
    {
        internal long Moving;
        internal long Frames;
    }
}
