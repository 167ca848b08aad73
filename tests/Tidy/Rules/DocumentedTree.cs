namespace Thaw.TidyTests.Rules;

/// <summary>The tree in docs/architecture.md shows the folders on disk: where it shows a folder's inside, it shows all of it.</summary>
internal static class DocumentedTree
{
    public const string Heading = "## The tree";

    public static IEnumerable<string> Faults(SourceTree tree)
    {
        var shown = Shown(tree.Find(ReferenceTable.Document)?.Text ?? "").ToList();
        foreach (var folder in shown.Where(folder => !tree.Files.Any(file => file.Path.StartsWith(folder + "/", StringComparison.Ordinal))))
            yield return $"{ReferenceTable.Document} shows {folder}/, which does not exist";

        foreach (var parent in shown.Select(Parent).Distinct())
        {
            var folders = tree.FoldersIn(parent).Where(folder => folder[0] != '.').Select(folder => Join(parent, folder));
            foreach (var folder in folders.Except(shown))
                yield return $"{folder}/ is not in the tree of {ReferenceTable.Document}";
        }
    }

    // One folder per line, its name first and with a slash, two spaces deeper than the folder it lies in.
    private static IEnumerable<string> Shown(string document)
    {
        var open = new List<string>();
        foreach (var line in Markdown.Block(Markdown.Section(document, Heading)))
        {
            var name = line.TrimStart().Split(' ')[0];
            if (!name.EndsWith('/'))
                continue;
            var depth = (line.Length - line.TrimStart().Length) / 2;
            open = [.. open.Take(depth), name.TrimEnd('/')];
            yield return string.Join('/', open);
        }
    }

    private static string Parent(string folder) => folder.Contains('/', StringComparison.Ordinal) ? folder[..folder.LastIndexOf('/')] : "";

    private static string Join(string parent, string folder) => parent.Length == 0 ? folder : $"{parent}/{folder}";
}
