using System.Globalization;
using System.Text;

namespace Thaw.Daemon.ServiceApi.FunctionResources;

/// <summary>
/// Texts by name in the shortest JSON there is, as AWS measures variables. The writers of .NET escape more than JSON asks for, all letters
/// beyond the first 65,536 among it.
/// </summary>
internal static class LeastJson
{
    public static string Of(IReadOnlyDictionary<string, string> texts)
    {
        var json = new StringBuilder("{");
        foreach (var (name, value) in texts)
        {
            if (json.Length > 1)
                json.Append(',');
            Append(json, name);
            json.Append(':');
            Append(json, value);
        }

        return json.Append('}').ToString();
    }

    private static void Append(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '"' or '\\' => json.Append('\\').Append(letter),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                < ' ' => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => json.Append(letter),
            };
        }

        json.Append('"');
    }
}
