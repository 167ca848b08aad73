using System.Globalization;

namespace Thaw.Daemon.Logs;

/// <summary>A stream of a group.</summary>
/// <param name="Number">Which entries are its own; no other stream of the group ever has it.</param>
/// <param name="Creation">Milliseconds since 1970.</param>
internal sealed record StreamName(int Number, long Creation, string Name)
{
    public string ToLine() => string.Create(CultureInfo.InvariantCulture, $"{Number}\t{Creation}\t{Name}\n");

    /// <summary>Null when it is no such line.</summary>
    public static StreamName? Parse(string line) =>
        line.Split('\t', 3) is [var number, var creation, { Length: > 0 } name]
        && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
        && long.TryParse(creation, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            ? new(parsed, time, name)
            : null;
}
