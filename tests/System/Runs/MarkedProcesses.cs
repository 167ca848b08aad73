using System.Globalization;
using System.Text;

namespace Thaw.SystemTests.Runs;

/// <summary>Processes that have a text among their variables, by which they are found wherever they went.</summary>
internal static class MarkedProcesses
{
    public static IEnumerable<int> With(string mark)
    {
        var bytes = Encoding.UTF8.GetBytes(mark);
        return Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && HasMark(pid, bytes));
    }

    private static bool HasMark(int pid, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{pid}/environ").AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
