namespace Thaw.TidyTests.Rules;

/// <summary>A file that nobody can read at one sitting lacks a noun; a line that does not fit is not read.</summary>
internal static class Sizes
{
    public const int MaxLines = 400, MaxColumns = 140;

    /// <summary>Prose may be long, and what programs write for programs nobody reads.</summary>
    private static readonly string[] Unbounded = [".md", "lock.json", "warm-methods.txt", ".mibc"];

    public static IEnumerable<string> TooLongFiles(SourceTree tree) => tree.Files
        .Where(file => !Unbounded.Any(ending => file.Path.EndsWith(ending, StringComparison.Ordinal)))
        .Where(file => file.Text.TrimEnd('\n').Split('\n').Length > MaxLines)
        .Select(file => $"{file.Path} has more than {MaxLines} lines");

    public static IEnumerable<string> TooLongLines(SourceTree tree) =>
        from file in tree.Code
        from line in file.Lines.Index()
        where line.Item.Length > MaxColumns
        select $"{file.Path}:{line.Index + 1} has {line.Item.Length} characters; at most {MaxColumns}";
}
