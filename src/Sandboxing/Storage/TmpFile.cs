using Thaw.Linux;

namespace Thaw.Sandboxing.Storage;

/// <summary>The file behind a <see cref="TmpImage"/>. It has no name, and lives as long as anybody holds it.</summary>
internal sealed class TmpFile(FileDescriptor file, int megabytes) : IDisposable
{
    private const uint OwnerOnly = 0b110_000_000;

    internal int Megabytes => megabytes;

    /// <summary>Its size, most of which are holes.</summary>
    internal long Bytes => megabytes * 1024L * 1024;

    /// <summary>One more hold on it.</summary>
    /// <exception cref="LinuxException">There is no descriptor left.</exception>
    internal TmpFile Share() => new(
        new(LinuxException.ThrowIfFailed(Syscalls.fcntl(file.Number, Syscalls.F_DUPFD_CLOEXEC, 0), "fcntl F_DUPFD_CLOEXEC")), megabytes);

    /// <summary>Copies it into a file with a name, as it is now.</summary>
    /// <exception cref="LinuxException">There is no room, for example, or there is such a file.</exception>
    internal void SaveAs(string path)
    {
        const int Flags = Syscalls.O_RDWR | Syscalls.O_CREAT | Syscalls.O_EXCL | Syscalls.O_CLOEXEC;
        using var copy = new FileDescriptor(LinuxException.ThrowIfFailed(Syscalls.open(path, Flags, OwnerOnly), $"open {path}"));
        LinuxException.ThrowIfFailed(Syscalls.ftruncate(copy.Number, Bytes), "ftruncate");
        SparseFile.Copy(file, copy, Bytes);
    }

    public void Dispose() => file.Dispose();
}
