using System.Globalization;

namespace Thaw.Bench.Driver.Programs;

/// <summary>What processes have used of processors, as the kernel counts it: in hundredths of a second.</summary>
internal static class ProcessTimes
{
    /// <summary>Of all processes below one, without its own.</summary>
    internal static TimeSpan OfDescendants(int ancestor)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var pid) ? Read(pid) : null)
            .OfType<Times>()
            .ToDictionary(times => times.Pid);
        return TimeSpan.FromMilliseconds(10 * all.Values.Where(IsBelow).Sum(times => times.Ticks));

        bool IsBelow(Times times)
        {
            for (var at = times; all.TryGetValue(at.Parent, out var parent); at = parent)
            {
                if (at.Parent == ancestor)
                    return true;
            }

            return false;
        }
    }

    private static Times? Read(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");

            // The name is in parentheses, and may hold some itself. Behind it: state, parent, ... user and system time.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new(pid, Number(fields[1]), Number(fields[11]) + Number(fields[12]));
        }
        catch (IOException)
        {
            // It has just ended.
            return null;
        }

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    private sealed record Times(int Pid, int Parent, long Ticks);
}
