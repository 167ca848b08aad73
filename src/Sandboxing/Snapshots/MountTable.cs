using System.Globalization;
using System.Text.RegularExpressions;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>What is mounted where, for those who live in a mount namespace; see proc(5), mountinfo.</summary>
internal static partial class MountTable
{
    private const int PlaceField = 4;

    /// <summary>The places, as those inside name them, outer ones first: all but the root and /proc.</summary>
    internal static IReadOnlyList<string> PlacesOf(int pid) =>
        Places(File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/mountinfo")));

    internal static IReadOnlyList<string> Places(IEnumerable<string> lines) =>
        [.. lines.Select(line => Plain(line.Split(' ')[PlaceField])).Where(place => place is not ("/" or "/proc"))];

    // Blanks and backslashes are written as three octal digits.
    private static string Plain(string place) =>
        Octal().Replace(place, match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString());

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Octal();
}
