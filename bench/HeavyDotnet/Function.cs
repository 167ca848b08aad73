using System.Linq.Expressions;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Thaw.Bench.HeavyDotnet;

/// <summary>A function whose static code uses what functions use: JSON, XML, patterns, compiled expressions, HTTP, and a table.</summary>
public static class Function
{
    private const int Rows = 200_000;

    /// <summary>Filled once, in Init.</summary>
    public static IReadOnlyDictionary<string, int[]> Table { get; } = Fill();

    /// <summary>Answers with its event.</summary>
    public static async Task<Stream> Handle(Stream input)
    {
        var answer = new MemoryStream();
        await input.CopyToAsync(answer);
        answer.Position = 0;
        return answer;
    }

    private static Dictionary<string, int[]> Fill()
    {
        using var client = new HttpClient();
        var document = new XDocument(new XElement("all", Enumerable.Range(0, 100).Select(number => new XElement("one", number))));
        var pattern = new Regex("<one>(?<number>[0-9]+)</one>", RegexOptions.Compiled);
        var numbers = pattern.Matches(document.ToString(SaveOptions.DisableFormatting)).Select(match => match.Groups["number"].Value);
        var text = JsonSerializer.Serialize(numbers.Select(number => new Row(number, int.Parse(number))).ToArray());
        var rows = JsonSerializer.Deserialize<Row[]>(Encoding.UTF8.GetBytes(text))!;
        Expression<Func<Row, int>> valueOf = row => row.Value + 1;
        var sum = rows.Sum(valueOf.Compile());
        return Enumerable.Range(0, Rows).ToDictionary(number => $"key {number}", number => new[] { number, sum });
    }

    private sealed record Row(string Name, int Value);
}
