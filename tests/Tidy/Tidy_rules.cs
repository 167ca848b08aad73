using Thaw.TidyTests.Rules;

namespace Thaw.TidyTests;

/// <summary>Each rule finds what was planted for it, and only that: a rule that cannot fail guards nothing.</summary>
public sealed class Tidy_rules
{
    [Fact]
    public void Reference_table_finds_extra_missing_and_unlisted_references()
    {
        var tree = SourceTree.Planted(
            ("docs/architecture.md", "## Who may reference whom\n\n" +
                "| project | references |\n|---|---|\n| A | nothing |\n| B | A, C |\n| C | nothing |\n| E | A |"),
            ("src/A/A.csproj", Project("""<ProjectReference Include="../B/B.csproj" />""")),
            ("src/B/B.csproj", Project("""<ProjectReference Include="..\A\A.csproj" />""")),
            ("src/C/C.csproj", Project("""<ProjectReference Include="../A/A.csproj" ReferenceOutputAssembly="false" />""")),
            ("src/D/D.csproj", "<Project/>"));
        Assert.Equal(
        [
            "D is not in the table of docs/architecture.md",
            "docs/architecture.md lists the project E, which does not exist",
            "A references B; the table does not",
            "the table lets B reference C; it does not",
        ], ReferenceTable.Faults(tree));
    }

    [Fact]
    public void Documented_tree_finds_folders_that_are_only_on_one_side()
    {
        var tree = SourceTree.Planted(
            ("docs/architecture.md", "## The tree\n\n```\n" +
                "README.md   start here\nsrc/        programs\n  A/        one\n  Gone/     none\ndocs/\n```"),
            ("src/A/Inner/x.cs", ""), ("src/New/x.cs", ""), ("eng/x", ""), (".ci/run", ""));
        Assert.Equal(
            ["docs/architecture.md shows src/Gone/, which does not exist", "eng/ is not in the tree of docs/architecture.md",
                "src/New/ is not in the tree of docs/architecture.md"],
            DocumentedTree.Faults(tree));
    }

    [Fact]
    public void Sizes_find_one_line_too_many_and_one_character_too_many()
    {
        var lines = string.Concat(Enumerable.Repeat("x\n", Sizes.MaxLines));
        Assert.Empty(Sizes.TooLongFiles(SourceTree.Planted(("a.cs", lines), ("a.md", lines + "x\n"))));
        Assert.Equal(["a.py has more than 400 lines"], Sizes.TooLongFiles(SourceTree.Planted(("a.py", lines + "x\n"))));

        var line = new string('x', Sizes.MaxColumns);
        Assert.Empty(Sizes.TooLongLines(SourceTree.Planted(("a.cs", line), ("a.md", line + "x"))));
        Assert.Equal(["a.cs:2 has 141 characters; at most 140"], Sizes.TooLongLines(SourceTree.Planted(("a.cs", "\n" + line + "x"))));
    }

    [Theory]
    [InlineData("if (a)\n{\n    b();\n}\n", true)]
    [InlineData("    foreach (var a in b)\n    {\n        c();\n    }\n", true)]
    [InlineData("if (a)\n    b();\n", false)]
    [InlineData("if (a)\n{\n    b();\n    c();\n}\n", false)]
    [InlineData("if (a)\n{\n    b();\n}\nelse\n{\n    c();\n    d();\n}\n", false)]
    [InlineData("if (a)\n{\n    // Why.\n}\n", false)]
    public void Braces_find_a_line_that_needs_none(string text, bool isFault) =>
        Assert.Equal(isFault ? ["a.cs:1 has braces around one line"] : [], Braces.AroundOneLine(SourceTree.Planted(("a.cs", text))));

    [Theory]
    [InlineData("internal sealed class PoolManager;", "a.cs: PoolManager says Manager; name what it is")]
    [InlineData("public readonly record struct RequestInfo(int Id);", "a.cs: RequestInfo says Info; name what it is")]
    [InlineData("    private enum StringUtils", "a.cs: StringUtils says Utils; name what it is")]
    [InlineData("public interface IHelperOfAll", "a.cs: IHelperOfAll says Helper; name what it is")]
    [InlineData("public sealed class InformationDesk", null)]
    [InlineData("// a class PoolManager would be wrong", null)]
    public void Type_names_find_banned_words(string declaration, string? fault) =>
        Assert.Equal(fault is null ? [] : [fault], TypeNames.BannedWords(SourceTree.Planted(("a.cs", declaration))));

    [Theory]
    [InlineData("src/Pool.cs", "public sealed class Pond;", "src/Pool.cs holds Pond; name the file after it",
        "src/Pool.cs also holds Pond; give it a file of its own")]
    [InlineData("src/Pool.cs", "public class Pool;\npublic class Pond;", "src/Pool.cs also holds Pond; give it a file of its own")]
    [InlineData("src/Pool.cs", "public class Pool;\npublic class Pond : Pool;\npublic enum PoolState;\ninternal class Sea;")]
    [InlineData("src/Ids.cs", "public record struct RequestId(int A);\npublic record struct PondId(int A);")]
    [InlineData("src/Pool.cs", "public delegate IAsyncEnumerable<int> Pool(int a);")]
    [InlineData("src/Pool.Linux.cs", "public interface IPool\n{\n    public class Inner;\n}")]
    [InlineData("src/Program.cs", "return 0;")]
    [InlineData("tests/Pools.cs", "public class Pond;")]
    public void Type_names_find_files_that_hold_strangers(string path, string text, params string[] faults) =>
        Assert.Equal(faults, TypeNames.Strangers(SourceTree.Planted((path, text))));

    [Fact]
    public void Conformance_finds_anchors_without_a_row()
    {
        var tree = SourceTree.Planted(("docs/conformance.md", Table("| ENV-001 | It stops | later: issue 3: needs the pool |")),
            ("src/a.cs", "// It stops; spec" + ": ENV-001, ENV-777."),
            ("src/b.py", "# spec" + ": API-001"), ("docs/c.md", "spec" + ": ENV-999"));
        Assert.Equal(["src/a.cs cites ENV-777, which docs/conformance.md does not have",
            "src/b.py cites API-001, which docs/conformance.md does not have"],
            Conformance.UnknownAnchors(tree));
    }

    [Fact]
    public void Conformance_finds_missing_doubled_and_invented_rows()
    {
        var rows = Enumerable.Range(1, 134).Select(number => $"| ENV-{number:000} | It works | (pending) |")
            .Concat(Enumerable.Range(1, 130).Select(number => $"| API-{number:000} | It works | (pending) |")).ToList();
        Assert.Equal(["ENV-135 has no row", "ENV-002 has several rows", "ENV-136 is not in the specification"],
            Conformance.MissingRows(SourceTree.Planted(
                ("docs/conformance.md", Table([.. rows, rows[1], "| ENV-136 | No | (pending) |"])))));
    }

    [Fact]
    public void Conformance_finds_rows_without_a_test_that_exists()
    {
        var tree = SourceTree.Planted(
            ("docs/conformance.md", Table(
                "| ENV-001 | a | `PoolTests.Fills` |", "| ENV-002 | b | `PoolTests.Drains` |", "| ENV-003 | c | soon |",
                "| ENV-004 | d | later: issue 3: needs the pool |", "| ENV-005 | e | (pending) |", "| ENV-006 | f | |",
                "| 17 | g | `PoolTests.Leaks` |", "| 17 | h | soon |")),
            ("tests/PoolTests.cs", "public sealed class PoolTests\n{\n    public void Fills() { }\n}"),
            ("src/PoolTests.cs", "public sealed class PoolTests\n{\n    public void Drains() { }\n}"));
        string[] always =
        [
            "ENV-002 names `PoolTests.Drains`, which no test file has",
            "ENV-003 has neither a test nor a reason (`Class.Test`, or later: issue N: why)",
            "ENV-006 has neither a test nor a reason (`Class.Test`, or later: issue N: why)",
            "17 names `PoolTests.Leaks`, which no test file has",
        ];
        Assert.Equal(always, Conformance.UnprovenRows(tree, pendingIsTolerated: true));
        Assert.Contains("ENV-005 has neither a test nor a reason (`Class.Test`, or later: issue N: why)",
            Conformance.UnprovenRows(tree, pendingIsTolerated: false));
    }

    [Theory]
    [InlineData("/ro" + "ot/.nuget/packages", true)]
    [InlineData("cd /ho" + "me/ada/thaw", true)]
    [InlineData("\"https://registry.np" + "mjs.org/x\"", true)]
    [InlineData("${root}/wo" + "rk/x, ./root/x, /var/task, /workspace", false)]
    public void Leftovers_find_machine_paths_and_registries(string text, bool isFault) =>
        Assert.Equal(isFault, Leftovers.MachineTraces(SourceTree.Planted(("a", text))).Any());

    [Fact]
    public void Leftovers_find_notes_about_unfinished_work_and_tests_switched_off()
    {
        Assert.Single(Leftovers.UnfinishedWork(SourceTree.Planted(("a.py", "# TO" + "DO: more"), ("b.cs", "TodoList todo;"))));
        Assert.Single(Leftovers.SwitchedOffTests(SourceTree.Planted(("a.cs", "[Fact(Ski" + "p = \"flaky\")]"), ("b.cs", "list.Skip(1)"))));
    }

    [Fact]
    public void Leftovers_find_scripts_that_cannot_run()
    {
        var tree = new SourceTree([new("thaw", "#!/bin/sh\n", IsExecutable: true), new("test", "#!/bin/sh\n"),
            new("eng/a.sh", "# sourced")]);
        Assert.Equal(["test begins with #! and is not executable (fix: chmod +x)"], Leftovers.ScriptsThatCannotRun(tree));
    }

    private static string Project(string reference) => $"<Project><ItemGroup>{reference}</ItemGroup></Project>";

    private static string Table(params string[] rows) => "| id | statement | proof |\n|---|---|---|\n" + string.Join('\n', rows);
}
