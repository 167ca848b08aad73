using Thaw.TidyTests.Rules;

namespace Thaw.TidyTests;

/// <summary>The rules of docs/ and CONTRIBUTING.md, asked of this checkout.</summary>
public sealed class This_tree
{
    private static readonly SourceTree Tree = SourceTree.OfThisCheckout();

    [Fact]
    public void Projects_reference_each_other_as_the_table_says() => ShouldHoldNo(ReferenceTable.Faults(Tree));

    [Fact]
    public void The_tree_in_the_document_is_the_tree_on_disk() => ShouldHoldNo(DocumentedTree.Faults(Tree));

    [Fact]
    public void No_file_is_too_long_to_read() => ShouldHoldNo(Sizes.TooLongFiles(Tree));

    [Fact]
    public void No_line_of_code_is_too_long() => ShouldHoldNo(Sizes.TooLongLines(Tree));

    [Fact]
    public void No_line_stands_alone_in_braces() => ShouldHoldNo(Braces.AroundOneLine(Tree));

    [Fact]
    public void No_type_has_a_name_that_says_nothing() => ShouldHoldNo(TypeNames.BannedWords(Tree));

    [Fact]
    public void Each_file_is_named_after_its_public_type() => ShouldHoldNo(TypeNames.Strangers(Tree));

    [Fact]
    public void Each_cited_row_of_the_specification_exists() => ShouldHoldNo(Conformance.UnknownAnchors(Tree));

    [Fact]
    public void Each_row_of_the_specification_is_in_the_conformance_table_once() => ShouldHoldNo(Conformance.MissingRows(Tree));

    [Fact]
    public void Each_row_of_the_conformance_table_names_a_test_or_a_reason() => ShouldHoldNo(Conformance.UnprovenRows(Tree));

    [Fact]
    public void No_file_knows_the_machine_it_was_written_on() => ShouldHoldNo(Leftovers.MachineTraces(Tree));

    [Fact]
    public void No_file_has_notes_about_unfinished_work() => ShouldHoldNo(Leftovers.UnfinishedWork(Tree));

    [Fact]
    public void No_test_is_switched_off() => ShouldHoldNo(Leftovers.SwitchedOffTests(Tree));

    [Fact]
    public void Each_script_can_be_run() => ShouldHoldNo(Leftovers.ScriptsThatCannotRun(Tree));

    private static void ShouldHoldNo(IEnumerable<string> faults)
    {
        var list = faults.ToList();
        Assert.True(list.Count == 0, string.Join('\n', list));
    }
}
