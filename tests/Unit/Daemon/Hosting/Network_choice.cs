using Thaw.Contracts;
using Thaw.Daemon.Hosting;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Networks;

namespace Thaw.UnitTests.Daemon.Hosting;

public sealed class Network_choice
{
    [Theory]
    [InlineData(null, NetworkKind.Nat, NetworkKind.Nat)]
    [InlineData("loopback", NetworkKind.Nat, NetworkKind.Loopback)]
    [InlineData("nat", NetworkKind.Host, NetworkKind.Nat)]
    [InlineData("host", NetworkKind.Host, NetworkKind.Host)]
    [InlineData("host", NetworkKind.Nat, NetworkKind.Nat)]
    [InlineData("nat", NetworkKind.Loopback, NetworkKind.Loopback)]
    public void Is_what_the_daemon_gives_or_less(string? asked, NetworkKind given, NetworkKind expected) =>
        Assert.Equal(expected, NetworkChoice.Of(Asking(asked), given));

    [Fact]
    public void Must_be_a_known_one()
    {
        var problem = Assert.Throws<SandboxException>(() => NetworkChoice.Of(Asking("none"), NetworkKind.Nat));
        Assert.Equal("the variable THAW_NETWORK is loopback, nat, host, not \"none\"", problem.Message);
    }

    private static FunctionConfiguration Asking(string? network) => new()
    {
        Name = "asking",
        Runtime = "nodejs22.x",
        Handler = "index.handler",
        Variables = network is null ? [] : new Dictionary<string, string> { [NetworkChoice.Variable] = network },
    };
}
