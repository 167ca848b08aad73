using Thaw.Cli.CommandLine;
using Thaw.Contracts;

namespace Thaw.UnitTests.Cli;

public sealed class Program_choices
{
    [Fact]
    public void Are_the_variables_unless_an_option_says_otherwise()
    {
        var choices = ProgramChoices.Read(["nodejs=/bin/cat", "nodejs22.x=/bin/ls"], " nodejs=/bin/sh; python3.11 = /bin/sh ;").Value;
        Assert.Equal(
            new Dictionary<RuntimeIdentifier, string>
            {
                [new("nodejs", null)] = "/bin/cat",
                [new("python", new Version(3, 11))] = "/bin/sh",
                [new("nodejs", new Version(22, 0))] = "/bin/ls",
            }, choices);
        Assert.Empty(ProgramChoices.Read([], null).Value);
    }

    [Theory]
    [InlineData("/bin/sh", "--program wants RUNTIME=PATH, not \"/bin/sh\"; for example --program python3=/usr/bin/python3")]
    [InlineData("nodejs=", "--program wants RUNTIME=PATH, not \"nodejs=\"; for example --program python3=/usr/bin/python3")]
    [InlineData("pyton=/bin/sh", "--program: there is no runtime pyton that runs on a program of yours; did you mean python?")]
    [InlineData("java21=/bin/sh", "--program: there is no runtime java21 that runs on a program of yours; "
        + "it is nodejs, python3 or dotnet, or an identifier such as nodejs22.x")]
    [InlineData("nodejs=/nowhere", "--program: there is no program /nowhere for nodejs; "
        + "give the path of a file, for example --program python3=/usr/bin/python3")]
    public void Are_refused_with_the_fix(string choice, string problem) =>
        Assert.Equal(problem, ProgramChoices.Read([choice], null).Problem);

    [Fact]
    public void Of_the_variable_are_refused_in_its_name() => Assert.Equal(
        "THAW_PROGRAMS wants RUNTIME=PATH, not \"x\"; for example THAW_PROGRAMS=python3=/usr/bin/python3",
        ProgramChoices.Read([], "x").Problem);
}
