namespace Thaw.Linux;

/// <summary>
/// A file as memory, for the kernel to copy from: it may be damaged behind our back, and then it is an error of the system call's that
/// copies, where a program that read it would die.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly nint address;

    private MappedFile(nint address, long length) => (this.address, Length) = (address, length);

    internal long Length { get; }

    /// <exception cref="LinuxException">It is not there, or is empty.</exception>
    internal static MappedFile Open(string path)
    {
        using var file = new FileDescriptor(
            LinuxException.ThrowIfFailed(Syscalls.open(path, Syscalls.O_RDONLY | Syscalls.O_CLOEXEC), $"open {path}"));
        var length = RandomAccess.GetLength(new(file.Number, ownsHandle: false));
        var address = Syscalls.mmap(0, (nuint)length, Syscalls.PROT_READ, Syscalls.MAP_PRIVATE, file.Number, 0);
        LinuxException.ThrowIfFailed(address == -1 ? -1 : 0, $"mmap {path}");
        return new(address, length);
    }

    /// <param name="offset">From 0 to <see cref="Length"/>.</param>
    internal byte* At(long offset) => (byte*)address + offset;

    public void Dispose() => _ = Syscalls.munmap(address, (nuint)Length);
}
