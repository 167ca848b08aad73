using Thaw.Linux;

namespace Thaw.Sandboxing.Storage;

/// <summary>Files that have a size but little content, and no name: nothing is left of them when their last descriptor is closed.</summary>
internal static unsafe class SparseFile
{
    private const uint OwnerOnly = 0x180; // 0600

    /// <param name="directory">Decides on which file system it lies.</param>
    /// <param name="bytes">Its size; it takes up nothing yet.</param>
    internal static FileDescriptor Create(string directory, long bytes)
    {
        var fd = Syscalls.open(directory, Syscalls.O_TMPFILE | Syscalls.O_RDWR | Syscalls.O_CLOEXEC, OwnerOnly);

        // Not every file system has files without names.
        var file = new FileDescriptor(fd >= 0 ? fd : CreateAndUnlink(directory));
        try
        {
            LinuxException.ThrowIfFailed(Syscalls.ftruncate(file.Number, bytes), "ftruncate");
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Copies what is no hole, into a file that is nothing but a hole of the same size.</summary>
    internal static void Copy(FileDescriptor from, FileDescriptor to, long bytes)
    {
        var at = Syscalls.lseek(from.Number, 0, Syscalls.SEEK_DATA);
        while (at >= 0 && at < bytes)
        {
            var end = Syscalls.lseek(from.Number, at, Syscalls.SEEK_HOLE);
            CopyRange(from, to, at, end);
            at = Syscalls.lseek(from.Number, end, Syscalls.SEEK_DATA);
        }
    }

    private static void CopyRange(FileDescriptor from, FileDescriptor to, long start, long end)
    {
        for (long read = start, written = start; read < end;)
        {
            var copied = Syscalls.copy_file_range(from.Number, &read, to.Number, &written, (nuint)(end - read), 0);
            if (LinuxException.ThrowIfFailed((int)Math.Min(copied, int.MaxValue), "copy_file_range") == 0)
                return;
        }
    }

    private static int CreateAndUnlink(string directory)
    {
        var path = Path.Combine(directory, $".tmp-{Guid.NewGuid():n}");
        var fd = LinuxException.ThrowIfFailed(
            Syscalls.open(path, Syscalls.O_CREAT | Syscalls.O_EXCL | Syscalls.O_RDWR | Syscalls.O_CLOEXEC, OwnerOnly), "open");
        _ = Syscalls.unlink(path);
        return fd;
    }
}
