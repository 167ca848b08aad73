using System.Text;

namespace Thaw.Daemon.CloudWatchLogs;

/// <summary>
/// CloudWatch's filter patterns: terms that must all be there, <c>"phrases"</c>, <c>?any</c> of several, <c>-none</c>; or conditions on the
/// members of a JSON message, <c>{ $.level = "ERROR" }</c>. Upper and lower case differ.
/// </summary>
internal sealed class FilterPattern
{
    private readonly List<byte[]> all = [], any = [], none = [];
    private JsonCondition? condition;

    private FilterPattern()
    {
    }

    public bool MatchesAll => all.Count + any.Count + none.Count == 0 && condition is null;

    /// <summary>The pattern, or why it is none.</summary>
    public static (FilterPattern? Pattern, string? Wrong) Parse(string text)
    {
        var pattern = new FilterPattern();
        text = text.Trim();
        if (text.StartsWith('{'))
        {
            (pattern.condition, var faulty) = JsonConditions.Parse(text);
            return pattern.condition is null ? (null, faulty) : (pattern, null);
        }

        return text switch
        {
            ['[', ..] => (null, "patterns of space-delimited events, [ ], are not in this version of Thaw"),
            ['%', ..] => (null, "regular expressions, % %, are not in this version of Thaw"),
            _ when pattern.ReadTerms(text) is { } wrong => (null, wrong),
            _ => (pattern, null),
        };
    }

    public bool Matches(ReadOnlySpan<byte> message)
    {
        if (condition is not null)
            return JsonConditions.Matches(condition, message);
        foreach (var term in all)
        {
            if (message.IndexOf(term) < 0)
                return false;
        }

        foreach (var term in none)
        {
            if (message.IndexOf(term) >= 0)
                return false;
        }

        return any.Count == 0 || HasAny(message);
    }

    private bool HasAny(ReadOnlySpan<byte> message)
    {
        foreach (var term in any)
        {
            if (message.IndexOf(term) >= 0)
                return true;
        }

        return false;
    }

    private string? ReadTerms(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            var list = text[at] switch { '?' => any, '-' => none, _ => all };
            if (list != all)
                at++;
            var isQuoted = at < text.Length && text[at] == '"';
            var begin = isQuoted ? at + 1 : at;
            var end = begin;
            while (end < text.Length && (isQuoted ? text[end] != '"' : !char.IsWhiteSpace(text[end])))
                end++;
            if (end == begin)
                return $"a term is missing at letter {begin + 1}";
            if (isQuoted && end == text.Length)
                return "a quotation mark is missing at the end";
            list.Add(Encoding.UTF8.GetBytes(text[begin..end]));
            at = isQuoted ? end + 1 : end;
        }

        return null;
    }
}
