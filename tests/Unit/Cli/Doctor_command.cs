using System.Text;
using System.Text.Json;
using Thaw.Cli.CommandLine;
using Thaw.Cli.Doctor;
using Thaw.Daemon.Doctor;

namespace Thaw.UnitTests.Cli;

public sealed class Doctor_command
{
    private static readonly Finding Well = Finding.Pass("kernel", "Linux 6.1");
    private static readonly Finding Less = new("criu", Verdict.Warn, "no snapshots", "install it");
    private static readonly Finding Ill = new("namespaces", Verdict.Fail, "cannot be made", "sysctl -w it");

    private readonly MemoryStream output = new();
    private readonly StringWriter error = new() { NewLine = "\n" };

    private string Output => Encoding.UTF8.GetString(output.ToArray());

    [Fact]
    public async Task Has_a_line_for_each_finding_and_one_for_its_fix()
    {
        Assert.Equal(1, await RunAsync([Well, Less, Ill]));
        Assert.Equal(
            """
            pass  kernel      Linux 6.1
            warn  criu        no snapshots
                              fix: install it
            fail  namespaces  cannot be made
                              fix: sysctl -w it

            The isolation that functions get by default does not work here.

            """,
            Output);
    }

    [Fact]
    public async Task Ends_well_when_only_extras_are_missing()
    {
        Assert.Equal(0, await RunAsync([Well, Less]));
        Assert.EndsWith("\n\nFunctions run here; what is marked with warn is missing.\n", Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Has_colours_on_a_terminal() =>
        Assert.StartsWith("\u001b[32mpass\u001b[0m  kernel", DoctorReport.Text([Well], color: true), StringComparison.Ordinal);

    [Fact]
    public async Task Has_a_document_for_programs()
    {
        Assert.Equal(0, await RunAsync([Well, Less], "--json"));

        var findings = JsonDocument.Parse(Output).RootElement;
        Assert.Equal("pass", findings[0].GetProperty("verdict").GetString());
        Assert.False(findings[0].TryGetProperty("fix", out _));
        Assert.Equal(("criu", "install it"), (findings[1].GetProperty("name").GetString(), findings[1].GetProperty("fix").GetString()));
    }

    [Fact]
    public async Task Says_when_no_package_mends_anything()
    {
        Assert.Equal(0, await RunAsync([Less], "--fix"));
        Assert.Equal("thaw doctor: no package mends what is missing\n", error.ToString());
    }

    [Theory, InlineData("--fixx", "did you mean --fix?"), InlineData("node", "it looks at this machine")]
    public async Task Refuses_what_it_does_not_know(string argument, string says)
    {
        Assert.Equal(2, await RunAsync([Well], argument));
        Assert.Contains(says, error.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(Finding[] findings, params string[] arguments)
    {
        var terminal = new Terminal(Stream.Null, output, error, new(100, Color: false, Blocks: false));
        return new DoctorCommand(terminal, (_, _) => [new Known(findings)]).RunAsync(arguments);
    }

    private sealed class Known(Finding[] findings) : ICheck
    {
        public IEnumerable<Finding> Look() => findings;
    }
}
