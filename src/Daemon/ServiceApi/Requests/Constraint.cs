using System.Globalization;
using System.Text.RegularExpressions;

namespace Thaw.Daemon.ServiceApi.Requests;

/// <summary>What a model demands of a text: its length, and its form as AWS's messages print it.</summary>
internal sealed record Constraint(int Min, int Max, string? Pattern = null, Regex? Form = null)
{
    /// <summary>What the text breaks, in AWS's words.</summary>
    public IEnumerable<string> BrokenBy(string text)
    {
        if (text.Length > Max)
            yield return string.Create(CultureInfo.InvariantCulture, $"Member must have length less than or equal to {Max}");
        if (text.Length < Min)
            yield return string.Create(CultureInfo.InvariantCulture, $"Member must have length greater than or equal to {Min}");
        if (Form is not null && !Form.IsMatch(text))
            yield return $"Member must satisfy regular expression pattern: {Pattern}";
    }
}
