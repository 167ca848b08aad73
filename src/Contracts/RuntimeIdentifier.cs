using System.Globalization;

namespace Thaw.Contracts;

/// <summary>A managed runtime's name taken apart: <c>nodejs22.x</c>, <c>python3.13</c>, <c>dotnet8</c>.</summary>
/// <param name="Language">One of <see cref="Languages"/>.</param>
/// <param name="Version">Null when the name is that of a language alone: any version of it.</param>
public sealed record RuntimeIdentifier(string Language, Version? Version)
{
    public const string Nodejs = "nodejs", Python = "python", Dotnet = "dotnet";

    /// <summary>The languages that Thaw brings a runtime for.</summary>
    public static IReadOnlyList<string> Languages { get; } = [Nodejs, Python, Dotnet];

    /// <summary>Null when the name is none of these languages'.</summary>
    public static RuntimeIdentifier? Parse(string text)
    {
        if (Languages.FirstOrDefault(known => text.StartsWith(known, StringComparison.Ordinal)) is not { } language)
            return null;
        var version = language switch
        {
            Nodejs => text[language.Length..].Replace(".x", "", StringComparison.Ordinal),
            Python when text == "python3" => "",
            Dotnet when text.StartsWith("dotnetcore", StringComparison.Ordinal) => text["dotnetcore".Length..],
            _ => text[language.Length..],
        };
        return version.Length == 0 ? new RuntimeIdentifier(language, null)
            : int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? new(language, new Version(major, 0))
            : Version.TryParse(version, out var parsed) ? new(language, parsed)
            : null;
    }
}
