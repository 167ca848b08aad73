namespace Thaw.Store.Images;

/// <summary>
/// Names of files as a process sees them whose root is some folder here: an absolute link leads to that root and not to ours, and
/// <c>..</c> ends there. It holds as long as nobody changes the folder meanwhile.
/// </summary>
public static class RootedPath
{
    /// <summary>As many links as Linux follows.</summary>
    private const int MostFollowed = 40;

    /// <summary>Where it lies here, whether it exists or not; the last name is no link. Null when links go round in a circle.</summary>
    /// <param name="path">From the root, with or without a slash before it.</param>
    public static string? Resolve(string root, string path)
    {
        var ahead = new Stack<string>(path.Split('/').Reverse());
        var here = new List<string>();
        var followed = 0;
        while (ahead.TryPop(out var part))
        {
            if (part is "" or ".")
                continue;
            if (part is "..")
            {
                if (here.Count > 0)
                    here.RemoveAt(here.Count - 1);
                continue;
            }

            here.Add(part);
            if (LinkAt(Join(root, here)) is not { } target)
                continue;
            if (++followed > MostFollowed)
                return null;
            here.RemoveAt(here.Count - 1);
            if (target.StartsWith('/'))
                here.Clear();
            foreach (var next in target.Split('/').Reverse())
                ahead.Push(next);
        }

        return Join(root, here);
    }

    /// <summary>What is written in a link; null where there is none.</summary>
    internal static string? LinkAt(string path) => new FileInfo(path).LinkTarget;

    private static string Join(string root, List<string> parts) => parts.Count == 0 ? root : $"{root}/{string.Join('/', parts)}";
}
