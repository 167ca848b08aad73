using Thaw.Cli.Run;
using Thaw.Contracts;
using Thaw.Daemon.Hosting;

namespace Thaw.UnitTests.Cli;

public sealed class Run_arguments
{
    [Fact]
    public void A_path_alone_gives_every_default()
    {
        var options = Parsed("samples/hello-node");
        Assert.Equal("samples/hello-node", options.Path);
        Assert.Equal(new EventSource.Inline("{}"), options.Event);
        Assert.Equal((InitializationType.OnDemand, IsolationChoice.Auto, 1),
            (options.InitializationType, options.Sandboxes.Isolation, options.Repeat));
        Assert.Null(options.Handler ?? options.Runtime ?? options.DataDirectory);
        Assert.Null(options.Timeout);
        Assert.Null(options.MemoryMegabytes);
        Assert.False(options.Json || options.SnapStart);
    }

    [Fact]
    public void Every_option_arrives()
    {
        var options = Parsed("--handler", "app.handler", "--runtime=python3.13", "--event", "@e.json", "--layer", "one",
            "--layer", "two.zip", "--env", "A=1", "--env", "B=x=y", "--env", "C=", "--timeout", "900", "--memory", "10240",
            "--initialization-type", "provisioned-concurrency", "--repeat", "3",
            "--isolation", "process", "--program", "nodejs22.x=/bin/sh", "--data", "d", "--json", "f.zip",
            "--log-dialect", "2024-12");
        Assert.Equal("2024-12", options.Dialect?.Name);
        Assert.Equal(("f.zip", "app.handler", "python3.13", "d"), (options.Path, options.Handler, options.Runtime, options.DataDirectory));
        Assert.Equal(new EventSource.File("e.json"), options.Event);
        Assert.Equal(["one", "two.zip"], options.Layers);
        Assert.Equal(new Dictionary<string, string> { ["A"] = "1", ["B"] = "x=y", ["C"] = "" }, options.Variables);
        Assert.Equal(new Dictionary<RuntimeIdentifier, string> { [new("nodejs", new Version(22, 0))] = "/bin/sh" }, options.Programs);
        Assert.Equal((TimeSpan.FromSeconds(900), 10_240, 3), (options.Timeout, options.MemoryMegabytes, options.Repeat));
        Assert.Equal((InitializationType.ProvisionedConcurrency, IsolationChoice.Process, true),
            (options.InitializationType, options.Sandboxes.Isolation, options.Json));
    }

    [Fact]
    public void Snapstart_implies_its_type_of_initialization()
    {
        Assert.Equal((true, InitializationType.SnapStart),
            (Parsed(".", "--snapstart").SnapStart, Parsed(".", "--snapstart").InitializationType));
        Assert.False(Parsed(".", "--initialization-type", "snap-start").SnapStart);
    }

    [Fact]
    public void A_lone_dash_is_standard_input_and_words_after_two_dashes_are_plain()
    {
        Assert.Equal(new EventSource.StandardInput(), Parsed(".", "--event", "-").Event);
        Assert.Equal("--odd", Parsed("--", "--odd").Path);
    }

    [Theory]
    [InlineData("which function? Give its folder or zip file, for example thaw run samples/hello-node")]
    [InlineData("one function at a time: \"b\" is one argument too many (quote values that contain spaces)", "a", "b")]
    [InlineData("there is no option --evnt; did you mean --event?", "a", "--evnt", "{}")]
    [InlineData("there is no option --snap-start; did you mean --snapstart?", "a", "--snap-start")]
    [InlineData("there is no option --init; did you mean --initialization-type?", "a", "--init", "snap-start")]
    [InlineData("there is no option -x; --help lists the options", "a", "-x")]
    [InlineData("there is no option --parallelism; --help lists the options", "a", "--parallelism=3")]
    [InlineData("--handler wants a value; write --handler VALUE (or --handler=VALUE if it begins with a dash)", "a", "--handler")]
    [InlineData("--handler wants a value; write --handler VALUE (or --handler=VALUE if it begins with a dash)", "a", "--handler", "--json")]
    [InlineData("--json takes no value; write just --json", "a", "--json=yes")]
    [InlineData("--timeout wants seconds from 1 to 900, not \"901\"; for example --timeout 30", "a", "--timeout", "901")]
    [InlineData("--timeout wants seconds from 1 to 900, not \"-1\"; for example --timeout 30", "a", "--timeout", "-1")]
    [InlineData("--memory wants megabytes from 128 to 10240, not \"1GB\"; for example --memory 512", "a", "--memory", "1GB")]
    [InlineData("--repeat wants a number from 1 to 10000, not \"0\"; for example --repeat 3", "a", "--repeat", "0")]
    [InlineData("--env wants NAME=VALUE, not \"TABLE\"; for example --env TABLE=orders", "a", "--env", "TABLE")]
    [InlineData("--isolation is auto, namespaces or process, not \"namespace\"; did you mean namespaces?", "a", "--isolation", "namespace")]
    [InlineData("--initialization-type is on-demand, provisioned-concurrency or snap-start, not \"snapstart\"; did you mean snap-start?",
        "a", "--initialization-type", "snapstart")]
    [InlineData("--snapstart and --initialization-type on-demand exclude each other; leave one of them out",
        "a", "--snapstart", "--initialization-type", "on-demand")]
    [InlineData("--runtime is empty; give it a value or leave it out", "a", "--runtime=")]
    public void A_mistake_is_one_line_that_names_its_fix(string problem, params string[] arguments) =>
        Assert.Equal(problem, RunArguments.Parse(arguments).Problem);

    private static RunOptions Parsed(params string[] arguments)
    {
        var parsed = RunArguments.Parse(arguments);
        Assert.Null(parsed.Problem);
        return parsed.Value;
    }
}
