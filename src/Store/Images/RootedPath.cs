using Thaw.Linux;

namespace Thaw.Store.Images;

/// <summary>
/// Names of files as a process sees them whose root is some folder here: an absolute link leads to that root and not to ours, and
/// <c>..</c> ends there. It holds as long as nobody changes the folder meanwhile.
/// </summary>
public static class RootedPath
{
    /// <summary>Where it lies here, whether it exists or not; the last name is no link. Null when links go round in a circle.</summary>
    /// <param name="path">From the root, with or without a slash before it.</param>
    public static string? Resolve(string root, string path) => Resolve(path, inside => root + inside);

    /// <summary>The same where the root is put together of folders here.</summary>
    /// <param name="onMachine">Where a path of the root lies here; null for what is not one of the folders.</param>
    /// <returns>Null also when it leads to what is in none of the folders.</returns>
    public static string? Resolve(string path, Func<string, string?> onMachine) =>
        LinkWalk.Follow(path, inside => onMachine(inside) is { } here ? LinkWalk.LinkAt(here) : null) is { } found
            ? onMachine(found)?.TrimEnd('/')
            : null;
}
