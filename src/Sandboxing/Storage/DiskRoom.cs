namespace Thaw.Sandboxing.Storage;

/// <summary>Sparse files promise more than the disk may have; this is where somebody looks before he promises.</summary>
internal sealed class DiskRoom(string directory, long leastFreeBytes)
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>There is not even room for an image with nothing in it.</summary>
    internal bool IsFull => Free < Math.Min(leastFreeBytes, 4 * Megabyte);

    private long Free => new DriveInfo(directory).AvailableFreeSpace;

    /// <exception cref="SandboxException">There is less than the least.</exception>
    internal void Check()
    {
        if (Free < leastFreeBytes)
        {
            throw new SandboxException(
                $"The file system of {directory} has {Free / Megabyte} MB left, and no sandbox gets a /tmp there with less than "
                + $"{leastFreeBytes / Megabyte} MB (fix: make room there, or set --data to a folder on a larger one).");
        }
    }
}
