using System.Buffers;
using System.Text.RegularExpressions;
using Thaw.Store.Records;

namespace Thaw.Daemon.Functions;

/// <summary>A function as callers name it: bare, with account, or as an ARN, with a qualifier behind it or not; spec (service) 3.</summary>
/// <param name="Name">The bare name.</param>
/// <param name="Qualifier">What the name itself asked for, or null.</param>
internal sealed partial record FunctionName(string Name, string? Qualifier)
{
    /// <summary>The grammar as AWS's messages print it.</summary>
    public const string Pattern =
        @"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?"
        + @"([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";

    /// <summary>What may stand behind a name, or in <c>Qualifier</c>, as AWS's messages print it.</summary>
    public const string QualifierPattern = @"(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_$]+)";

    /// <summary>Of a bare name, in characters.</summary>
    public const int MaxBareLength = 64;

    private const int MaxLength = 256;

    private static readonly SearchValues<char> BareLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Null when it is no function's name.</summary>
    public static FunctionName? Parse(string text)
    {
        if (IsBareName(text))
            return new(text, null);
        var match = text.Length <= MaxLength ? Grammar().Match(text) : Match.Empty;
        return !match.Success || match.Groups["name"].Length > MaxBareLength ? null
            : new(match.Groups["name"].Value, match.Groups["qualifier"] is { Success: true, Value: var qualifier } ? qualifier : null);
    }

    /// <summary>1 to 64 letters, digits, dashes and underscores of ASCII.</summary>
    public static bool IsBareName(string text) =>
        text.Length is > 0 and <= MaxBareLength && !text.AsSpan().ContainsAnyExcept(BareLetters);

    /// <summary>Whether only its length keeps it from being a bare name: callers get another error for that.</summary>
    public static bool IsLongBareName(string text) =>
        text.Length is > MaxBareLength and <= MaxLength && !text.AsSpan().ContainsAnyExcept(BareLetters);

    /// <summary>Whether the letter may stand in a bare name.</summary>
    public static bool MayContain(char letter) => BareLetters.Contains(letter);

    /// <summary>Whether it may stand behind a function's name, or in <c>Qualifier</c>.</summary>
    public static bool IsQualifier(string text) => text.Length <= 128 && Qualifiers().IsMatch(text);

    /// <summary>Whether a qualifier means a published version, and no alias: those are never numbers.</summary>
    public static bool IsVersionNumber(string qualifier) => VersionRecord.NumberOf(qualifier) is not null;

    [GeneratedRegex(
        @"\A(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}(-gov|-iso[a-z]?)?-[a-z]+-\d:)?(\d{12}:)?(function:)?(?<name>[a-zA-Z0-9-_.]+)"
        + @"(:(?<qualifier>\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Grammar();

    [GeneratedRegex(@"\A" + QualifierPattern + @"\z", RegexOptions.CultureInvariant)]
    private static partial Regex Qualifiers();
}
