using System.Text;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>A place where the kernel shows groups as folders; see /proc/PID/mountinfo in proc(5).</summary>
/// <param name="Folder">Where it is mounted.</param>
/// <param name="Root">Which group that folder is: not "/" where only a part is shown, as in containers.</param>
/// <param name="IsUnified">The one hierarchy of version 2; otherwise one of version 1.</param>
/// <param name="Options">In version 1, these name the controllers.</param>
internal sealed record CgroupMount(string Folder, string Root, bool IsUnified, bool IsReadOnly, IReadOnlyList<string> Options)
{
    /// <summary>Those of a mountinfo file, in its order.</summary>
    public static IReadOnlyList<CgroupMount> Parse(string mountInfo) =>
        [.. mountInfo.Split('\n').Select(ParseLine).OfType<CgroupMount>()];

    // ID PARENT MAJOR:MINOR ROOT FOLDER OPTIONS [more]... - TYPE SOURCE SUPER-OPTIONS
    private static CgroupMount? ParseLine(string line)
    {
        var words = line.Split(' ');
        var separator = Array.IndexOf(words, "-");
        if (separator < 6 || words.Length < separator + 4 || words[separator + 1] is not ("cgroup" or "cgroup2"))
            return null;

        string[] own = words[5].Split(','), super = words[separator + 3].Split(',');
        var isReadOnly = own.Contains("ro") || super.Contains("ro");
        return new(Unescape(words[4]), Unescape(words[3]), words[separator + 1] == "cgroup2", isReadOnly, super);
    }

    // Spaces and the like are \040.
    private static string Unescape(string word)
    {
        if (!word.Contains('\\', StringComparison.Ordinal))
            return word;

        var bytes = new List<byte>();
        var text = Encoding.UTF8.GetBytes(word);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\' && at + 3 < text.Length)
            {
                bytes.Add((byte)(((text[at + 1] - '0') << 6) | ((text[at + 2] - '0') << 3) | (text[at + 3] - '0')));
                at += 3;
            }
            else
            {
                bytes.Add(text[at]);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
