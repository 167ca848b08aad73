using System.Globalization;
using System.Text;

namespace Thaw.Bench.Driver.Reports;

/// <summary>Rows as text, for a terminal or for a document.</summary>
internal static class Table
{
    private static readonly string[] Heading = ["", "Thaw", "floor", "ratio", "target", ""];

    internal static string Markdown(IEnumerable<Row> rows) => string.Concat(
        new[] { Heading, ["---", "---:", "---:", "---:", "---", "---"] }
            .Concat(rows.Select(Cells))
            .Select(cells => $"| {string.Join(" | ", cells)} |\n"));

    internal static string Plain(IReadOnlyList<Row> rows)
    {
        List<string[]> lines = [Heading, .. rows.Select(Cells)];
        var widths = Enumerable.Range(0, Heading.Length).Select(column => lines.Max(cells => cells[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var cells in lines)
        {
            // Numbers to the right, words to the left.
            var padded = cells.Select((cell, i) => i is >= 1 and <= 3 ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            text.AppendLine(string.Join("  ", padded).TrimEnd());
        }

        return text.ToString();
    }

    private static string[] Cells(Row row) =>
    [
        row.Name,
        Value(row.Thaw, row.Unit),
        row.Floor is { } floor ? Value(floor, row.Unit) : "-",
        row.Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "-",
        row.Target ?? "-",
        row.Passes switch { true => "pass", false => "MISS", null => "" },
    ];

    private static string Value(double value, string unit) =>
        $"{value.ToString(value < 100 && unit.Length > 0 ? "0.0" : "0", CultureInfo.InvariantCulture)} {unit}".TrimEnd();
}
