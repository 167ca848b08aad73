namespace Thaw.Sandboxing.Snapshots;

/// <summary>Folders that have come to nothing.</summary>
public static class Leftovers
{
    /// <summary>Removes one with all that is in it, if it is there.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor may it.</exception>
    public static void Remove(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>The same, for those who have something better to say than that it did not work: the next sweep tries again.</summary>
    /// <returns>Why it is still there; null when it is not.</returns>
    public static string? TryRemove(string folder)
    {
        try
        {
            Remove(folder);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return failure.Message;
        }
    }
}
