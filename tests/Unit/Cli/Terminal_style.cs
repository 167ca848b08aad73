using Thaw.Cli.CommandLine;

namespace Thaw.UnitTests.Cli;

public sealed class Terminal_style
{
    [Theory]
    [InlineData(false, "", true)]
    [InlineData(true, "", false)]
    [InlineData(false, "NO_COLOR=1", false)]
    [InlineData(false, "NO_COLOR=", true)]
    [InlineData(false, "TERM=dumb", false)]
    public void Colour_is_for_a_terminal_whose_owner_wants_it(bool isRedirected, string variables, bool color) =>
        Assert.Equal(color, Terminal.StyleFor(isRedirected, 80, Lookup(variables)).Color);

    [Theory]
    [InlineData("", true)]
    [InlineData("LANG=C", true)]
    [InlineData("LANG=de_DE.UTF-8", true)]
    [InlineData("LANG=de_DE.ISO-8859-1", false)]
    [InlineData("LC_ALL=en_US.ISO-8859-1 LANG=en_US.UTF-8", false)]
    public void Blocks_are_drawn_unless_the_locale_names_another_character_set(string variables, bool blocks) =>
        Assert.Equal(blocks, Terminal.StyleFor(false, 80, Lookup(variables)).Blocks);

    [Theory]
    [InlineData(120, "", 120)]
    [InlineData(null, "", 100)]
    [InlineData(120, "COLUMNS=90", 90)]
    [InlineData(20, "", 60)]
    [InlineData(1000, "", 200)]
    public void The_width_is_the_window_within_reason(int? window, string variables, int width) =>
        Assert.Equal(width, Terminal.StyleFor(false, window, Lookup(variables)).Width);

    private static Func<string, string?> Lookup(string variables)
    {
        var pairs = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return name => pairs.GetValueOrDefault(name);
    }
}
