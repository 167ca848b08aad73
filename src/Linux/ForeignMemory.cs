namespace Thaw.Linux;

/// <summary>The memory of another process, to be written to.</summary>
internal sealed unsafe class ForeignMemory : IDisposable
{
    private readonly int pid;
    private readonly string path;
    private readonly FileDescriptor whole;

    /// <exception cref="LinuxException">There is no such process, or it is not ours to write to.</exception>
    internal ForeignMemory(int pid)
    {
        (this.pid, path) = (pid, ProcFile.Path(pid, "mem"));
        whole = new(LinuxException.ThrowIfFailed(Syscalls.open(path, Syscalls.O_WRONLY | Syscalls.O_CLOEXEC), $"open {path}"));
    }

    /// <summary>Writes there, also where the process itself may only read.</summary>
    /// <returns>How many bytes; 0 when the process has died.</returns>
    /// <exception cref="LinuxException">Nothing is there, there is no room, or what is to be written cannot be read.</exception>
    internal long Write(ulong address, byte* bytes, long count)
    {
        // The quicker way by a sixth keeps to what the process may do; the other does not.
        var (from, to) = (Of(bytes, count), Of((byte*)address, count));
        var written = Syscalls.process_vm_writev(pid, &from, 1, &to, 1, 0);
        return written > 0
            ? written
            : LinuxException.ThrowIfFailed((int)Syscalls.pwrite(whole.Number, bytes, (nuint)count, (long)address), $"write {path}");
    }

    public void Dispose() => whole.Dispose();

    private static Syscalls.iovec Of(byte* bytes, long count) => new() { start = bytes, length = (nuint)count };
}
