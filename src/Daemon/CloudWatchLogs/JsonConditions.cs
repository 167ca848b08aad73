using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Thaw.Daemon.CloudWatchLogs;

/// <summary>
/// Reads conditions, <c>{ $.a.b = "x" &amp;&amp; ($.n &gt;= 3 || $.list[0] IS NULL) }</c>, and looks whether a message meets them.
/// </summary>
internal static partial class JsonConditions
{
    private const int MaxParts = 100;

    /// <summary>The condition, or why it is none.</summary>
    public static (JsonCondition? Condition, string? Wrong) Parse(string text)
    {
        var tokens = new Queue<Match>(Token().Matches(text));
        if (tokens.Count > MaxParts * 4 || tokens.Sum(token => token.Length) != text.Length)
            return (null, "it has letters that mean nothing, or too many parts");
        try
        {
            tokens = new(tokens.Where(token => !string.IsNullOrWhiteSpace(token.Value)));
            Take(tokens, "{");
            var condition = Any(tokens);
            Take(tokens, "}");
            return tokens.Count == 0 ? (condition, null) : (null, $"nothing may stand behind it, not {tokens.Peek().Value}");
        }
        catch (FormatException wrong)
        {
            return (null, wrong.Message);
        }
    }

    public static bool Matches(JsonCondition condition, ReadOnlySpan<byte> message)
    {
        // Most lines are none, and an exception for each would take minutes for a large group.
        message = message.Trim(" \t\r\n"u8);
        if (message is not [(byte)'{', .., (byte)'}'])
            return false;
        var reader = new Utf8JsonReader(message);
        try
        {
            if (!JsonDocument.TryParseValue(ref reader, out var document))
                return false;
            using (document)
                return document.RootElement.ValueKind == JsonValueKind.Object && Holds(condition, document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Holds(JsonCondition condition, JsonElement root) => condition switch
    {
        JsonCondition.All all => all.Parts.All(part => Holds(part, root)),
        JsonCondition.Any any => any.Parts.Any(part => Holds(part, root)),
        JsonCondition.State state => Find(root, state.Path)?.ValueKind == state.Value,
        JsonCondition.Comparison comparison => Find(root, comparison.Path) is { } value && Compares(comparison, value),
        _ => throw new InvalidOperationException($"An unknown condition: {condition}"),
    };

    private static JsonElement? Find(JsonElement element, IReadOnlyList<string> path)
    {
        foreach (var step in path)
        {
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(step, out var member))
            {
                element = member;
                continue;
            }

            if (element.ValueKind != JsonValueKind.Array
                || !int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || at >= element.GetArrayLength())
            {
                return null;
            }

            element = element[at];
        }

        return element;
    }

    private static bool Compares(JsonCondition.Comparison wanted, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number && wanted.Number is { } number)
        {
            var difference = value.GetDouble().CompareTo(number);
            return wanted.Operator switch
            {
                "=" => difference == 0,
                "!=" => difference != 0,
                "<" => difference < 0,
                "<=" => difference <= 0,
                ">" => difference > 0,
                _ => difference >= 0,
            };
        }

        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        var isSame = IsLike(text, wanted.Text.Split('*'));
        return wanted.Operator switch { "=" => isSame, "!=" => !isSame, _ => false };
    }

    // Between two parts may be anything. Each is taken where it comes first, but the last one at the end.
    private static bool IsLike(string text, string[] parts)
    {
        if (parts.Length == 1)
            return text == parts[0];
        if (!text.StartsWith(parts[0], StringComparison.Ordinal))
            return false;
        var at = parts[0].Length;
        foreach (var part in parts[1..^1])
        {
            var found = text.IndexOf(part, at, StringComparison.Ordinal);
            if (found < 0)
                return false;
            at = found + part.Length;
        }

        return text.Length - at >= parts[^1].Length && text.EndsWith(parts[^1], StringComparison.Ordinal);
    }

    private static JsonCondition Any(Queue<Match> tokens)
    {
        var parts = new List<JsonCondition> { All(tokens) };
        while (TryTake(tokens, "||"))
            parts.Add(All(tokens));
        return parts is [var only] ? only : new JsonCondition.Any(parts);
    }

    private static JsonCondition All(Queue<Match> tokens)
    {
        var parts = new List<JsonCondition> { One(tokens) };
        while (TryTake(tokens, "&&"))
            parts.Add(One(tokens));
        return parts is [var only] ? only : new JsonCondition.All(parts);
    }

    private static JsonCondition One(Queue<Match> tokens)
    {
        if (TryTake(tokens, "("))
        {
            var inner = Any(tokens);
            Take(tokens, ")");
            return inner;
        }

        var selector = Next(tokens, "selector", "a member such as $.level");
        var path = Step().Matches(selector).Select(step => step.Value).ToList();
        if (TryTake(tokens, "IS"))
            return new JsonCondition.State(path, Truth(tokens));
        if (TryTake(tokens, "NOT"))
        {
            Take(tokens, "EXISTS");
            return new JsonCondition.State(path, Value: null);
        }

        var how = Next(tokens, "operator", "one of = != < > <= >=, or IS, or NOT EXISTS");
        var value = Next(tokens, "value", "a word, a number or a \"text\"");
        var isQuoted = value.StartsWith('"');
        var text = isQuoted ? value[1..^1] : value;
        double? number = !isQuoted && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed)
            ? parsed
            : null;
        return how is "=" or "!=" || number is not null
            ? new JsonCondition.Comparison(path, how, text, number)
            : throw new FormatException($"{how} wants a number, not {value}");
    }

    private static JsonValueKind Truth(Queue<Match> tokens) => Next(tokens, "value", "NULL, TRUE or FALSE") switch
    {
        "NULL" => JsonValueKind.Null,
        "TRUE" => JsonValueKind.True,
        "FALSE" => JsonValueKind.False,
        var other => throw new FormatException($"IS wants NULL, TRUE or FALSE, not {other}"),
    };

    private static string Next(Queue<Match> tokens, string group, string wanted) =>
        tokens.TryDequeue(out var token) && token.Groups[group].Success
            ? token.Value
            : throw new FormatException($"it wants {wanted}{(token is null ? " at its end" : $", not {token.Value}")}");

    private static bool TryTake(Queue<Match> tokens, string word)
    {
        if (!tokens.TryPeek(out var next) || next.Value != word)
            return false;
        tokens.Dequeue();
        return true;
    }

    private static void Take(Queue<Match> tokens, string word)
    {
        if (!TryTake(tokens, word))
            throw new FormatException($"it wants {word}{(tokens.TryPeek(out var next) ? $", not {next.Value}" : " at its end")}");
    }

    [GeneratedRegex(
        @"\G(?:\s+|(?<sign>[{}()]|&&|\|\|)|(?<operator><=|>=|!=|[=<>])|(?<selector>\$(?:\.[\w-]+|\[\d+\]|\['[^']+'\])+)"
        + @"|(?<value>""[^""]*""|[\w.*+-]+))",
        RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    [GeneratedRegex(@"(?<=\.)[\w-]+|(?<=\[)\d+(?=\])|(?<=\[')[^']+(?='\])", RegexOptions.CultureInvariant)]
    private static partial Regex Step();
}
