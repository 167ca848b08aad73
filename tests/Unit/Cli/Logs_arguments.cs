using Thaw.Cli.Logs;

namespace Thaw.UnitTests.Cli;

public sealed class Logs_arguments
{
    [Fact]
    public void Ask_for_all_there_is_of_the_usual_daemon() => Assert.Equal(
        new LogsOptions("hello", Follow: false, null, null, null, Json: false, new Uri("http://127.0.0.1:9000")), Read("hello"));

    [Fact]
    public void Say_what_is_wanted()
    {
        var options = Read("--follow", "hello", "--since", "10m", "--request-id", "r1", "--json", "--endpoint", "http://[::1]:1");
        Assert.Equal(
            new LogsOptions("hello", Follow: true, TimeSpan.FromMinutes(10), null, "r1", Json: true, new Uri("http://[::1]:1")), options);
        Assert.Equal(new Uri("http://127.0.0.1:7"), LogsArguments.Parse(["hello"], "http://127.0.0.1:7").Value.Endpoint);
    }

    [Theory, InlineData("30s", 30), InlineData("2h", 7_200), InlineData("7d", 604_800), InlineData("0s", 0)]
    public void Take_durations(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Read("hello", "--since", text).Since);

    [Fact]
    public void Take_times() => Assert.Equal(
        new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero), Read("hello", "--since", "2026-11-26T12:00:00Z").From);

    [Theory]
    [InlineData("wants the name of a function, for example thaw logs hello-node")]
    [InlineData("\"b\" is one argument too many", "a", "b")]
    [InlineData("--since wants a duration such as 30s, 10m, 2h or 7d", "a", "--since", "soon")]
    [InlineData("--since wants a duration", "a", "--since", "10")]
    [InlineData("--since wants a duration", "a", "--since", "99999999999d")]
    [InlineData("--endpoint wants the address of a daemon, not \"9000\"; for example http://127.0.0.1:9000", "a", "--endpoint", "9000")]
    [InlineData("there is no option --folow; did you mean --follow?", "a", "--folow")]
    public void Name_the_mistake_and_its_fix(string problem, params string[] arguments) =>
        Assert.Contains(problem, LogsArguments.Parse(arguments).Problem, StringComparison.Ordinal);

    [Fact]
    public void Name_the_variable_when_that_is_wrong() => Assert.StartsWith(
        "THAW_ENDPOINT wants the address", LogsArguments.Parse(["a"], "nonsense").Problem, StringComparison.Ordinal);

    private static LogsOptions Read(params string[] arguments)
    {
        var read = LogsArguments.Parse(arguments);
        Assert.Null(read.Problem);
        return read.Value;
    }
}
