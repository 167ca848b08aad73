using Microsoft.Win32.SafeHandles;
using Thaw.Linux;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>Where a file has anything, and where it has holes.</summary>
internal static class Content
{
    /// <summary>The pieces that are no holes.</summary>
    internal static IEnumerable<(long Start, long End)> Of(SafeFileHandle file, long length)
    {
        var fd = (int)file.DangerousGetHandle();
        var at = Syscalls.lseek(fd, 0, Syscalls.SEEK_DATA);
        while (at >= 0 && at < length)
        {
            var end = Syscalls.lseek(fd, at, Syscalls.SEEK_HOLE);
            yield return (at, end < 0 ? length : end);
            at = end < 0 ? -1 : Syscalls.lseek(fd, end, Syscalls.SEEK_DATA);
        }
    }
}
