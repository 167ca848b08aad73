using Thaw.Cli.Invoke;
using Thaw.Cli.Run;

namespace Thaw.UnitTests.Cli;

public sealed class Invoke_arguments
{
    [Fact]
    public void Ask_for_an_answer_to_an_empty_event() => Assert.Equal(
        new InvokeOptions("f", new EventSource.Inline("{}"), null, IsAsync: false, Log: false, new Uri("http://127.0.0.1:9000")),
        Read("f"));

    [Fact]
    public void Say_what_is_wanted()
    {
        Assert.Equal(
            new InvokeOptions("f", new EventSource.File("e.json"), "live", IsAsync: false, Log: true, new Uri("http://127.0.0.1:7")),
            InvokeArguments.Parse(["f", "--payload", "@e.json", "--qualifier", "live", "--log"], "http://127.0.0.1:7").Value);
        Assert.Equal((true, new EventSource.StandardInput()), (Read("f", "--async").IsAsync, Read("f", "--payload", "-").Payload));
    }

    [Theory]
    [InlineData("wants the name of a function, for example thaw invoke hello-node")]
    [InlineData("the event comes by --payload", "f", "{}")]
    [InlineData("use thaw logs", "f", "--async", "--log")]
    [InlineData("THAW", "f", "--endpoint", "https://127.0.0.1")]
    public void Name_the_mistake_and_its_fix(string problem, params string[] arguments) => Assert.Contains(
        problem.Replace("THAW", "--endpoint wants", StringComparison.Ordinal),
        InvokeArguments.Parse(arguments).Problem,
        StringComparison.Ordinal);

    private static InvokeOptions Read(params string[] arguments)
    {
        var read = InvokeArguments.Parse(arguments);
        Assert.Null(read.Problem);
        return read.Value;
    }
}
