using System.Text.RegularExpressions;

namespace Thaw.TidyTests.Rules;

/// <summary>Types are named by what they are, and a file by the type that it holds.</summary>
internal static partial class TypeNames
{
    private static readonly string[] Banned = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Info"];

    public static IEnumerable<string> BannedWords(SourceTree tree) =>
        from file in tree.Code
        from type in Declarations(file)
        from word in Word().Matches(type.Name).Select(match => match.Value)
        where Banned.Contains(word)
        select $"{file.Path}: {type.Name} says {word}; name what it is";

    /// <summary>
    /// One public type per file, named like it. A family may share a file: its members derive from the namesake or share a word with
    /// it, or the file has the family's name in the plural.
    /// </summary>
    public static IEnumerable<string> Strangers(SourceTree tree)
    {
        foreach (var file in tree.Code.Where(file => !file.Path.StartsWith("tests/", StringComparison.Ordinal)))
        {
            var types = Declarations(file).Where(type => type.IsPublic && type.Indent == 0).ToList();
            if (types.Count == 0)
                continue;
            var name = file.Name.Split('.')[0];
            var family = Words(name).LastOrDefault("") is [.. var singular, 's'] ? singular : null;
            if (family is not null && types.Exists(type => Words(type.Name).Contains(family)))
                continue;
            if (!types.Exists(type => IsNamed(type, name)))
                yield return $"{file.Path} holds {types[0].Name}; name the file after it";
            var strangers = types.Where(type => !Words(type.Name).Intersect(Words(name)).Any() && !Derives(type, name));
            foreach (var type in strangers)
                yield return $"{file.Path} also holds {type.Name}; give it a file of its own";
        }
    }

    private static string[] Words(string name) => [.. Word().Matches(name).Select(match => match.Value).Where(word => word != "I")];

    private static bool IsNamed(Declaration type, string name) => type.Name == name || type.Name == "I" + name;

    private static bool Derives(Declaration type, string name) => Regex.IsMatch(type.Line, $@":\s*I?{Regex.Escape(name)}\b");

    private static IEnumerable<Declaration> Declarations(SourceTree.SourceFile file) => file.Lines
        .Select(line => (line, match: TypeDeclaration().Match(line)))
        .Where(pair => pair.match.Success)
        .Select(pair => new Declaration(
            pair.match.Groups["name"].Value, pair.match.Groups["words"].Value.Contains("public", StringComparison.Ordinal),
            pair.line.Length - pair.line.TrimStart().Length, pair.line));

    private sealed record Declaration(string Name, bool IsPublic, int Indent, string Line);

    [GeneratedRegex(@"^\s*(?<words>(" +
        @"(public|internal|private|protected|file|static|sealed|abstract|readonly|ref|unsafe|partial|record)\s+)*)" +
        @"(class|struct|interface|enum|record|delegate\s+[\w<>?,. ]+?)\s+(?<name>\w+)\s*[<({:;]?.*$", RegexOptions.ExplicitCapture)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex("[A-Z][a-z0-9]*")]
    private static partial Regex Word();
}
