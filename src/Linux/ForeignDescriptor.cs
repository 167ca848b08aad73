namespace Thaw.Linux;

/// <summary>Descriptors of other processes.</summary>
internal static class ForeignDescriptor
{
    /// <summary>The same open file, as a descriptor of ours.</summary>
    /// <exception cref="LinuxException">There is no such process or descriptor, or it is not ours to look at.</exception>
    internal static FileDescriptor Take(int pid, int number)
    {
        using var process = new FileDescriptor(LinuxException.ThrowIfFailed(Syscalls.pidfd_open(pid), "pidfd_open"));
        return new(LinuxException.ThrowIfFailed(Syscalls.pidfd_getfd(process.Number, number), "pidfd_getfd"));
    }
}
