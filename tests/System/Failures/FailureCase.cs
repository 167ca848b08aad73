using Thaw.SystemTests.Runs;

namespace Thaw.SystemTests.Failures;

/// <summary>A row of <c>failures.txt</c>.</summary>
internal sealed record FailureCase(IReadOnlyDictionary<string, string> Cells)
{
    private static readonly Lazy<IReadOnlyList<FailureCase>> Table = new(() => [.. Read()]);

    public static IReadOnlyList<FailureCase> All => Table.Value;

    /// <summary>Whether its function logs records in place of lines.</summary>
    public bool IsInRecords { get; init; }

    public string this[string column] => Cells.GetValueOrDefault(column, "");

    /// <summary>Whose deed it is, when, and what: <c>node at load: exit 3</c>.</summary>
    public string Name => this["case"];

    public string Who => Name.Split(": ")[0].Split(' ')[0];

    public bool IsAtLoad => Name.Contains(" at load: ", StringComparison.Ordinal);

    public string Deed => Name.Split(": ")[1];

    /// <summary>A name for its function.</summary>
    public string Function => string.Concat(Name.Select(letter => char.IsLetterOrDigit(letter) ? letter : '-'))
        + (IsInRecords ? "-in-records" : "");

    /// <summary>Whether nothing of it can go well before.</summary>
    public bool IsFromTheBeginning => IsAtLoad || this["next"] == "the same failure";

    /// <summary>By the words of the functions.</summary>
    public string Asked => $"{Point}: {Deed}";

    /// <summary>Where it asks for the deed.</summary>
    private string Point => (Who, IsAtLoad) switch
    {
        ("extension", false) => "extension",
        ("extension", true) => "extension at load",
        (_, false) => "invoke",
        (_, true) => "load",
    };

    private static IEnumerable<FailureCase> Read()
    {
        string[]? columns = null;
        foreach (var line in File.ReadLines(Path.Combine(ThawProgram.Root, "tests/System/Failures/failures.txt")))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (columns is null)
                columns = cells;
            else
                yield return new FailureCase(columns.Zip(cells).ToDictionary(cell => cell.First, cell => cell.Second));
        }
    }
}
