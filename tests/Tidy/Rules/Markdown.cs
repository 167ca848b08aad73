namespace Thaw.TidyTests.Rules;

/// <summary>The little of Markdown that our documents use as data: sections, tables, blocks.</summary>
internal static class Markdown
{
    /// <summary>The lines below a heading, up to the next heading.</summary>
    public static IEnumerable<string> Section(string text, string heading) => text.Split('\n')
        .SkipWhile(line => line.Trim() != heading).Skip(1)
        .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));

    /// <summary>The rows of tables, without headings and rules: cells trimmed.</summary>
    public static IEnumerable<string[]> Rows(IEnumerable<string> lines)
    {
        var inTable = 0;
        foreach (var line in lines.Select(line => line.Trim()))
        {
            inTable = line.StartsWith('|') ? inTable + 1 : 0;
            if (inTable > 2)
                yield return [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];
        }
    }

    /// <summary>The lines of the first fenced block.</summary>
    public static IEnumerable<string> Block(IEnumerable<string> lines) => lines
        .SkipWhile(line => !line.StartsWith("```", StringComparison.Ordinal)).Skip(1)
        .TakeWhile(line => !line.StartsWith("```", StringComparison.Ordinal));
}
