using System.Net;
using Thaw.Cli.Up;
using Thaw.Daemon.Hosting;

namespace Thaw.UnitTests.Cli;

public sealed class Up_arguments
{
    [Fact]
    public void None_give_every_default()
    {
        var options = Parsed();
        Assert.Equal((IPAddress.Loopback, 9000, 1000), (options.Address, options.Port, options.Concurrency));
        Assert.Null(options.FunctionsFolder ?? options.DataDirectory);
        Assert.Null(options.MemoryMegabytes);
        Assert.Equal("2026-09", options.Dialect.Name);
        Assert.Equal(TimeSpan.FromMinutes(10), options.IdleLifetime);
    }

    [Fact]
    public void Every_option_arrives()
    {
        var options = Parsed("--functions", "f", "--port=0", "--address", "::1", "--concurrency", "2", "--memory", "256", "--idle", "5",
            "--data", "d", "--isolation", "process", "--log-dialect", "2024-12");
        Assert.Equal("2024-12", options.Dialect.Name);
        Assert.Equal(IsolationChoice.Process, options.Sandboxes.Isolation);
        Assert.Equal((IPAddress.IPv6Loopback, 0, 2, 256), (options.Address, options.Port, options.Concurrency, options.MemoryMegabytes));
        Assert.Equal(("f", "d", TimeSpan.FromSeconds(5)), (options.FunctionsFolder, options.DataDirectory, options.IdleLifetime));
        Assert.Equal(IPAddress.Loopback, Parsed("--address", "localhost").Address);
        var open = Parsed("--address", "0.0.0.0", "--require-auth", "keys");
        Assert.Equal((IPAddress.Any, "keys"), (open.Address, open.KeyFile));
    }

    [Theory]
    [InlineData("--port 65536", "--port wants a number from 0 to 65535, not \"65536\"")]
    [InlineData("--concurrency 0", "from 1 to"), InlineData("--memory 127", "megabytes from 128"), InlineData("--idle x", "seconds from 1")]
    [InlineData("--address example.org", "wants an IP address"), InlineData("--address 10.0.0.1", "by --require-auth KEYFILE")]
    [InlineData("--isolation vm", "not \"vm\"")]
    [InlineData("--log-dialect 2024-11", "--log-dialect is 2026-09 or 2024-12, not \"2024-11\"; did you mean 2024-12?")]
    [InlineData("samples", "\"samples\" is one argument too many; functions come by --functions DIR")]
    [InlineData("--function samples", "did you mean --functions?"), InlineData("--functions=", "--functions is empty")]
    [InlineData("--data=", "--data is empty"), InlineData("--port", "--port wants a value")]
    public void A_mistake_is_named_with_its_fix(string arguments, string words)
    {
        var outcome = UpArguments.Parse(arguments.Split(' '));
        Assert.Contains(words, outcome.Problem, StringComparison.Ordinal);
    }

    private static DaemonOptions Parsed(params string[] arguments)
    {
        var outcome = UpArguments.Parse(arguments);
        Assert.Null(outcome.Problem);
        return outcome.Value;
    }
}
