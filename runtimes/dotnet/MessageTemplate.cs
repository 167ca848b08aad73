using System.Globalization;
using System.Text.RegularExpressions;

namespace Thaw.DotnetRuntime;

/// <summary>
/// A message with names in braces and their values: <c>"{user} bought {count:N0}"</c>. Names that are all numbers are positions.
/// </summary>
internal sealed class MessageTemplate
{
    private const string Pattern = @"\{\{|\}\}|\{@?(?<name>\w+)(?::(?<format>[^}]*))?\}";

    public MessageTemplate(string message, object?[]? arguments)
    {
        Text = message;
        if (arguments is not { Length: > 0 })
            return;
        var places = Regex.Matches(message, Pattern);
        var named = places.Where(place => place.Groups["name"].Success).ToArray();
        var byPosition = named.All(place => int.TryParse(place.Groups["name"].Value, CultureInfo.InvariantCulture, out _));
        foreach (var (at, place) in named.Index())
        {
            var name = place.Groups["name"].Value;
            var position = byPosition ? int.Parse(name, CultureInfo.InvariantCulture) : at;
            if (position < arguments.Length)
                Values.Add(new(name, arguments[position]));
        }

        var next = 0;
        Text = Regex.Replace(message, Pattern, place =>
        {
            if (!place.Groups["name"].Success)
                return place.Value[..1];
            var position = byPosition ? int.Parse(place.Groups["name"].Value, CultureInfo.InvariantCulture) : next++;
            return position < arguments.Length ? Formatted(arguments[position], place.Groups["format"].Value) : place.Value;
        });
    }

    public string Text { get; }

    /// <summary>By name, in order of appearance; a name may appear twice.</summary>
    public List<KeyValuePair<string, object?>> Values { get; } = [];

    private static string Formatted(object? value, string format) => value is IFormattable formattable
        ? formattable.ToString(format.Length == 0 ? null : format, CultureInfo.InvariantCulture)
        : value?.ToString() ?? "";
}
