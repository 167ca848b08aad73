namespace Thaw.Cli.CommandLine;

/// <summary>What somebody probably meant: the known word with the fewest edits, if these are few.</summary>
public static class Suggestion
{
    public static string? For(string word, IEnumerable<string> known)
    {
        var best = known.Select(candidate => (candidate, edits: Edits(word, candidate))).MinBy(pair => pair.edits);
        return best.candidate is not null && best.edits <= Math.Max(1, Bare(best.candidate).Length / 3) ? best.candidate : null;
    }

    /// <summary>Whether a word that only begins a known one, or differs from it in dashes and case, means it.</summary>
    private static int Edits(string word, string candidate)
    {
        var (from, to) = (Bare(word), Bare(candidate));
        return from.Length >= 2 && to.StartsWith(from, StringComparison.Ordinal)
            ? Math.Min(1, to.Length - from.Length)
            : Distance(from, to);
    }

    private static string Bare(string word) => word.TrimStart('-').Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    // Levenshtein, and two letters the wrong way round count as one edit.
    private static int Distance(string from, string to)
    {
        var edits = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
            edits[i, 0] = i;
        for (var j = 0; j <= to.Length; j++)
            edits[0, j] = j;
        for (var i = 1; i <= from.Length; i++)
        {
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = edits[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                edits[i, j] = Math.Min(replaced, Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
            }
        }

        return edits[from.Length, to.Length];
    }
}
