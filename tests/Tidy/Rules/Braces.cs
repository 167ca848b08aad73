using System.Text.RegularExpressions;

namespace Thaw.TidyTests.Rules;

/// <summary>
/// A body of one line stands without braces; a longer one, and every branch beside it, has them. The compiler asks for those that are
/// missing (IDE0011), but nothing of its own finds those that are too many.
/// </summary>
internal static partial class Braces
{
    public static IEnumerable<string> AroundOneLine(SourceTree tree) =>
        from file in tree.Code
        from match in Superfluous().Matches(file.Text)
        select $"{file.Path}:{file.Text.AsSpan(0, match.Index).Count('\n') + 1} has braces around one line";

    // Not when an else follows: its branch may be longer.
    [GeneratedRegex(
        @"^( *)(if|for|foreach|while|lock|using|fixed) \(.*\)\n\1\{\n\1    (?!//).*;\n\1\}\n(?!\1else)",
        RegexOptions.Multiline)]
    private static partial Regex Superfluous();
}
