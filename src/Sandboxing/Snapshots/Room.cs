namespace Thaw.Sandboxing.Snapshots;

/// <summary>The room that a disk has. Asked after something could not be written: CRIU's own words seldom name that reason.</summary>
internal static class Room
{
    // What is written comes in larger pieces.
    private const long Little = 1024 * 1024;

    /// <summary>Whether there is as good as none left.</summary>
    /// <param name="folder">On the disk in question.</param>
    internal static bool IsGone(string folder) => On(folder) < Little;

    /// <summary>How much there is, in bytes; a great deal where that cannot be known.</summary>
    internal static long On(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return long.MaxValue;
        }
    }
}
