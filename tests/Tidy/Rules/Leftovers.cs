using System.Text.RegularExpressions;

namespace Thaw.TidyTests.Rules;

/// <summary>Nothing of the machine or the moment in which a file was written stays in it.</summary>
internal static partial class Leftovers
{
    /// <summary>Homes and workplaces of one machine, and hosts that a mirror or another registry would replace.</summary>
    public static IEnumerable<string> MachineTraces(SourceTree tree) =>
        Matches(tree, MachineTrace(), "names a place of one machine or one registry");

    public static IEnumerable<string> UnfinishedWork(SourceTree tree) =>
        Matches(tree, UnfinishedMark(), "is a note to finish something; finish it or file it");

    public static IEnumerable<string> SwitchedOffTests(SourceTree tree) =>
        Matches(tree, SwitchedOff(), "switches a test off; Assert.SkipUnless may say at run time what the machine lacks");

    /// <summary>What begins with #! wants to be run.</summary>
    public static IEnumerable<string> ScriptsThatCannotRun(SourceTree tree) => tree.Files
        .Where(file => file.Text.StartsWith("#!", StringComparison.Ordinal) && !file.IsExecutable)
        .Select(file => $"{file.Path} begins with #! and is not executable (fix: chmod +x)");

    private static IEnumerable<string> Matches(SourceTree tree, Regex pattern, string fault) =>
        from file in tree.Files
        from line in file.Lines.Index()
        from match in pattern.Matches(line.Item)
        select $"{file.Path}:{line.Index + 1} \"{match.Value}\" {fault}";

    // Written so that the patterns do not find themselves.
    [GeneratedRegex(@"(?<![\w.}~$])/(work|root|home/\w+|Users/\w+)/|" +
        @"\b(registry\.npmjs|api\.nuget|pypi|files\.pythonhosted|proxy\.golang)\.(org|com)\b")]
    private static partial Regex MachineTrace();

    [GeneratedRegex(@"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b")]
    private static partial Regex UnfinishedMark();

    [GeneratedRegex(@"\bSkip\s*=\s*[""$@]")]
    private static partial Regex SwitchedOff();
}
