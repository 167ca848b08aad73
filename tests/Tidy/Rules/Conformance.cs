using System.Text.RegularExpressions;

namespace Thaw.TidyTests.Rules;

/// <summary>docs/conformance.md has every row of the specification, and each row a test that exists, or the reason why it has
/// none.</summary>
internal static partial class Conformance
{
    public const string Document = "docs/conformance.md";

    /// <summary>
    /// The switch: while it is true, a row may say <c>(pending)</c> in place of a test. Set it to false and every such row is a fault.
    /// </summary>
    public const bool PendingIsTolerated = false;

    private static readonly string[] Specified =
    [
        .. Enumerable.Range(1, 135).Select(number => $"ENV-{number:000}"),
        .. Enumerable.Range(1, 130).Select(number => $"API-{number:000}"),
    ];

    public static IEnumerable<string> UnknownAnchors(SourceTree tree)
    {
        var known = Rows(tree).Select(row => row.Id).ToHashSet();
        return from file in tree.Files
               where !file.Path.EndsWith(".md", StringComparison.Ordinal)
               from anchor in Anchor().Matches(file.Text)
               from id in Id().Matches(anchor.Value).Select(match => match.Value)
               where !known.Contains(id)
               select $"{file.Path} cites {id}, which {Document} does not have";
    }

    public static IEnumerable<string> MissingRows(SourceTree tree)
    {
        var ids = Rows(tree).Select(row => row.Id).ToList();
        foreach (var id in Specified.Except(ids))
            yield return $"{id} has no row";
        foreach (var id in ids.GroupBy(id => id).Where(same => same.Count() > 1))
            yield return $"{id.Key} has several rows";
        foreach (var id in ids.Except(Specified))
            yield return $"{id} is not in the specification";
    }

    public static IEnumerable<string> UnprovenRows(SourceTree tree, bool pendingIsTolerated = PendingIsTolerated)
    {
        var tests = tree.Code.Where(file => file.Path.StartsWith("tests/", StringComparison.Ordinal)).ToList();
        foreach (var (id, proof) in AllRows(tree))
        {
            var named = TestName().Matches(proof);
            foreach (var test in named.Where(test => !tests.Exists(file => Declares(file.Text, test))))
                yield return $"{id} names {test.Value}, which no test file has";

            var excused = Later().IsMatch(proof) || (proof.Contains("(pending)", StringComparison.Ordinal) && pendingIsTolerated);
            if (named.Count == 0 && !excused && Id().IsMatch(id))
                yield return $"{id} has neither a test nor a reason (`Class.Test`, or later: issue N: why)";
        }
    }

    private static bool Declares(string text, Match test) =>
        Regex.IsMatch(text, $@"\bclass\s+{test.Groups[1].Value}\b") && Regex.IsMatch(text, $@"\s{test.Groups[2].Value}\(");

    private static IEnumerable<(string Id, string Proof)> Rows(SourceTree tree) => AllRows(tree).Where(row => Id().IsMatch(row.Id));

    // Where the specification numbers nothing, rows name its section, and tests all the same.
    private static IEnumerable<(string Id, string Proof)> AllRows(SourceTree tree) =>
        Markdown.Rows((tree.Find(Document)?.Text ?? "").Split('\n'))
            .Where(row => row.Length > 2)
            .Select(row => (row[0], row[^1]));

    [GeneratedRegex(@"spec:\s*((ENV|API)-\d{3}([, ]|and)*)+")]
    private static partial Regex Anchor();

    [GeneratedRegex(@"(ENV|API)-\d{3}")]
    private static partial Regex Id();

    [GeneratedRegex(@"`(\w+)\.(\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"later: (issue \d+: )?\w+")]
    private static partial Regex Later();
}
