using System.Text.RegularExpressions;

namespace Thaw.TidyTests.Rules;

/// <summary>Who references whom in src/ is what the table in docs/architecture.md says, no more and no less.</summary>
internal static partial class ReferenceTable
{
    public const string Document = "docs/architecture.md", Heading = "## Who may reference whom";

    public static IEnumerable<string> Faults(SourceTree tree)
    {
        var table = Markdown.Rows(Markdown.Section(tree.Find(Document)?.Text ?? "", Heading))
            .ToDictionary(row => row[0], row => Names(row[1]));
        var projects = tree.Files
            .Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal)
                && file.Path.EndsWith(".csproj", StringComparison.Ordinal))
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file.Name), file => References(file.Text));

        foreach (var project in projects.Keys.Except(table.Keys))
            yield return $"{project} is not in the table of {Document}";
        foreach (var project in table.Keys.Except(projects.Keys))
            yield return $"{Document} lists the project {project}, which does not exist";
        foreach (var (project, references) in projects.Where(project => table.ContainsKey(project.Key)))
        {
            foreach (var extra in references.Except(table[project]))
                yield return $"{project} references {extra}; the table does not";
            foreach (var missing in table[project].Except(references))
                yield return $"the table lets {project} reference {missing}; it does not";
        }
    }

    private static string[] Names(string cell) => cell == "nothing" ? [] : cell.Split(", ");

    // A reference without output is an order of building (the agent beside its starter), not a dependency of code.
    private static string[] References(string project) =>
    [
        .. Reference().Matches(project)
            .Where(match => !match.Value.Contains("ReferenceOutputAssembly=\"false\"", StringComparison.Ordinal))
            .Select(match => Path.GetFileNameWithoutExtension(match.Groups[1].Value.Replace('\\', '/'))),
    ];

    [GeneratedRegex("""<ProjectReference\s[^>]*?Include="([^"]+)"[^>]*>""")]
    private static partial Regex Reference();
}
