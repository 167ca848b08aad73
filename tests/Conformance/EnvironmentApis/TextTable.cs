namespace Thaw.ConformanceTests.EnvironmentApis;

/// <summary>Rows of a text file: specification, state, call and answer between bars; comments after a hash.</summary>
public static class TextTable
{
    /// <summary>State, call and answer of each row. A row that the checklist names carries its number as a trait.</summary>
    public static IEnumerable<TheoryDataRow<string, string, string>> Read(string name) =>
        from line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "tables", name))
        where line.Length > 0 && line[0] != '#'
        let cells = line.Split('|', StringSplitOptions.TrimEntries)
        let row = new TheoryDataRow<string, string, string>(cells[1], cells[2], cells[3])
        select cells[0].StartsWith("ENV-", StringComparison.Ordinal) ? row.WithTrait("Spec", cells[0]) : row;
}
