using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Thaw.Linux;
using Thaw.Store.Archive;

namespace Thaw.Store.Images;

/// <summary>
/// Opens files that others have brought, while they may still change what lies there: what was opened is looked at, and not its name. Pipes
/// and devices are none of them: who reads one may wait for ever.
/// </summary>
internal static class PlainFile
{
    private const int BufferBytes = 128 * 1024;

    // A pipe that nobody writes to would be waited for by open(2) itself.
    private const int Flags = Syscalls.O_RDONLY | Syscalls.O_NONBLOCK | Syscalls.O_CLOEXEC;

    /// <exception cref="UnusableCodeException">There is none, or it may not be read.</exception>
    public static FileStream Open(string path) => Opened(Syscalls.open(path, Flags), path) ?? throw ImageFault.Deleted(path);

    /// <summary>One below a folder, and nothing that links lead to elsewhere. Null when there is none.</summary>
    /// <exception cref="UnusableCodeException">It leads elsewhere, or may not be read.</exception>
    public static FileStream? OpenBelow(string folder, string name)
    {
        var shown = $"{folder}/{name}";
        using var from = new FileDescriptor(Syscalls.open(folder, Syscalls.O_PATH | Syscalls.O_CLOEXEC));
        return from.IsInvalid
            ? Opened(-1, folder)
            : Opened(Syscalls.openat2(from.Number, name, Flags, Syscalls.RESOLVE_BENEATH), shown);
    }

    private static FileStream? Opened(int opened, string shown)
    {
        if (opened >= 0)
            return Checked(new SafeFileHandle(opened, ownsHandle: true), shown);
        return Marshal.GetLastPInvokeError() switch
        {
            Errno.ENOENT or Errno.ENOTDIR => null,
            Errno.EACCES or Errno.EPERM => throw ImageFault.Denied(ShownName.Of(shown)),
            Errno.EXDEV or Errno.ELOOP => throw ImageFault.Invalid($"{ShownName.Of(shown)} leads out of its folder, or round in a circle: "
                + "copy the image with what its links lead to, for example by cp -rL"),
            var error => throw ImageFault.Invalid($"{ShownName.Of(shown)} cannot be read: {Marshal.GetPInvokeErrorMessage(error)}"),
        };
    }

    private static FileStream Checked(SafeFileHandle handle, string shown)
    {
        try
        {
            if (!File.GetAttributes(handle).HasFlag(FileAttributes.Directory)
                && new FileStream(handle, FileAccess.Read, BufferBytes) is { CanSeek: true, Length: > 0 } file)
            {
                return file;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What it is that cannot be opened as a file does not matter.
        }

        handle.Dispose();
        throw ImageFault.Invalid($"{ShownName.Of(shown)} is empty, or no plain file");
    }
}
