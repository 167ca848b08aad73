namespace Thaw.Store.Archive;

/// <summary>Follows the links of a folder that is not there yet as the kernel would, to see that none leads out of it.</summary>
internal static class InnerLinks
{
    /// <summary>As many as Linux follows. What goes on is a circle, and leads nowhere.</summary>
    private const int MostFollowed = 40;

    /// <param name="links">Each link's path below the folder, and what is written in it.</param>
    /// <exception cref="UnusableCodeException">One leads outside.</exception>
    public static void MustStayInside(IReadOnlyDictionary<string, string> links)
    {
        foreach (var (path, target) in links)
        {
            if (LeadsOutside(path, links))
                throw ZipListing.Refusal($"the link {path} leads to {target}, outside of the function");
        }
    }

    private static bool LeadsOutside(string link, IReadOnlyDictionary<string, string> links)
    {
        var ahead = new Stack<string>(link.Split('/').Reverse());
        var here = new List<string>();
        var followed = 0;
        while (ahead.TryPop(out var part))
        {
            if (part is "" or ".")
                continue;
            if (part is "..")
            {
                if (here.Count == 0)
                    return true;
                here.RemoveAt(here.Count - 1);
                continue;
            }

            here.Add(part);
            if (!links.TryGetValue(string.Join('/', here), out var target))
                continue;
            if (target.StartsWith('/'))
                return true;
            if (++followed > MostFollowed)
                return false;
            here.RemoveAt(here.Count - 1);
            foreach (var next in target.Split('/').Reverse())
                ahead.Push(next);
        }

        return false;
    }
}
