namespace Thaw.ConformanceTests.EnvironmentApis;

/// <summary>Rows of a text file: cells between bars, comments after a hash.</summary>
public static class TextTable
{
    public static IEnumerable<string[]> Read(string name) =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "tables", name))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries));
}
