using System.Globalization;
using System.Text;

namespace Thaw.EnvironmentApis;

/// <summary>JSON text as Go prints it, whose encoder AWS's platform uses; spec 2.1.</summary>
internal static class GoJson
{
    /// <summary>A JSON string with its quotes. Characters that mean something in HTML are escaped, other text stays as it is.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var character in text)
            _ = Escape(character) is { } escape ? quoted.Append(escape) : quoted.Append(character);
        return quoted.Append('"').ToString();
    }

    private static string? Escape(char character) => character switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
        _ => null,
    };
}
