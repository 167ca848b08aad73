using System.Buffers;

namespace Thaw.EnvironmentApis;

/// <summary>Text on its way into a header.</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Append(0x7f).Where(code => code != '\t').Select(code => (char)code)]);

    /// <summary>A header is one line: Go, and so AWS, sends a space for a line break. A client context may well hold some.</summary>
    public static string OneLine(string text) => text.AsSpan().ContainsAny(Controls)
        ? string.Create(text.Length, text, static (line, text) =>
        {
            text.CopyTo(line);
            line.ReplaceAny(Controls, ' ');
        })
        : text;
}
