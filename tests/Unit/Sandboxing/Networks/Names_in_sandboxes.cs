using System.Net;
using Thaw.Sandboxing.Networks;

namespace Thaw.UnitTests.Sandboxing.Networks;

public sealed class Names_in_sandboxes
{
    private static readonly HashSet<IPAddress> Own = [IPAddress.Parse("192.168.1.5")];

    [Fact]
    public void Know_the_machines_own_addresses_by_its_routes() => Assert.Equal(
        [IPAddress.Parse("127.0.0.1"), IPAddress.Parse("192.0.2.2")],
        NameResolution.OwnAddresses(
            """
            Local:
              +-- 0.0.0.0/0 3 0 5
                 |-- 0.0.0.0
                    /0 universe UNICAST
                 +-- 127.0.0.0/8 2 0 2
                    |-- 127.0.0.0
                       /8 host LOCAL
                    |-- 127.0.0.1
                       /32 host LOCAL
                 |-- 192.0.2.2
                    /32 host LOCAL
                 |-- 192.0.2.3
                    /32 link BROADCAST
            """.Split('\n')));

    [Fact]
    public void Resolve_as_on_the_machine() => Assert.Equal(
        "search example.org\noptions ndots:2\nnameserver 10.0.0.2\n",
        NameResolution.Of(["# ours\nsearch example.org\nnameserver  10.0.0.2\noptions ndots:2\n"], Own).ResolvConf);

    [Theory, InlineData("127.0.0.53"), InlineData("::1"), InlineData("192.168.1.5"), InlineData("0.0.0.0"), InlineData("nonsense")]
    public void Are_not_asked_of_who_cannot_be_reached(string server) =>
        Assert.Empty(NameResolution.Of([$"nameserver {server}\n"], Own).Servers);

    [Fact]
    public void Are_asked_of_whom_the_machines_own_resolver_asks() => Assert.Equal(
        [IPAddress.Parse("10.0.0.2")],
        NameResolution.Of(["nameserver 127.0.0.53\n", "nameserver 10.0.0.2\n"], Own).Servers);

    [Fact]
    public void Are_asked_of_three_at_most() => Assert.Equal(
        3, NameResolution.Of([string.Concat(Enumerable.Range(1, 5).Select(number => $"nameserver 10.0.0.{number}\n"))], Own).Servers.Count);
}
