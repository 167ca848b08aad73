namespace Thaw.Linux;

/// <summary>Follows a name as the kernel does for a process whose root is elsewhere: no link leads out of that root.</summary>
internal static class LinkWalk
{
    /// <summary>As many links as Linux follows.</summary>
    private const int MostFollowed = 40;

    /// <summary>What is written in a link; null where there is none, or nothing.</summary>
    /// <param name="path">On this machine.</param>
    internal static string? LinkAt(string path) => new FileInfo(path).LinkTarget;

    /// <summary>
    /// Where a name leads, from the root and with a slash before it, whether it exists or not; the last name is no link. Null when links go
    /// round in a circle, or when it is no name.
    /// </summary>
    /// <param name="path">From the root, with or without a slash before it.</param>
    /// <param name="linkAt">What is written in the link at a path of the same form as the answer; null where there is none.</param>
    internal static string? Follow(string path, Func<string, string?> linkAt)
    {
        var ahead = new Stack<string>(path.Split('/').Reverse());
        var here = "";
        var followed = 0;
        while (ahead.TryPop(out var part))
        {
            if (part is "" or ".")
                continue;
            if (part.Contains('\0', StringComparison.Ordinal))
                return null;
            var parent = here;
            if (part is "..")
            {
                here = here[..Math.Max(0, here.LastIndexOf('/'))];
                continue;
            }

            here = $"{parent}/{part}";
            if (linkAt(here) is not { } target)
                continue;
            if (++followed > MostFollowed)
                return null;
            here = target.StartsWith('/') ? "" : parent;
            foreach (var next in target.Split('/').Reverse())
                ahead.Push(next);
        }

        return here.Length == 0 ? "/" : here;
    }
}
