using System.Diagnostics;
using System.Globalization;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Networks;

namespace Thaw.SystemTests.Sandboxing.Networks;

/// <summary>Real links and real rules, on a machine of a test's own: see <see cref="SmallWorld"/>.</summary>
public sealed class Nat_network
{
    [Fact]
    public void Lets_a_sandbox_out_under_the_machines_address() => SmallWorld.Run(world =>
    {
        using var network = NatNetwork.Start(new());
        using var sandbox = world.NewNamespace();
        using var link = network.Connect(sandbox.Id);

        Assert.Equal("you are 10.99.0.2", sandbox.Dial("10.99.0.1", SmallWorld.Port));
        Assert.Equal("you are 10.99.0.2", sandbox.Dial("10.99.0.1", SmallWorld.Port));
    });

    [Fact]
    public void Lets_nobody_in() => SmallWorld.Run(world =>
    {
        using var network = NatNetwork.Start(new());
        using var sandbox = world.NewNamespace();
        using var link = network.Connect(sandbox.Id);
        world.Internet.Shell($"ip route add {network.Range} via 10.99.0.2");
        sandbox.Listen(7000);

        Assert.Equal("unreachable", world.Internet.Dial(link.Address.ToString(), 7000));
    });

    [Fact]
    public void Keeps_sandboxes_from_each_other_and_from_the_machine() => SmallWorld.Run(world =>
    {
        using var network = NatNetwork.Start(new());
        using NetworkNamespaceOfTest one = world.NewNamespace(), other = world.NewNamespace();
        using NatLink ofOne = network.Connect(one.Id), ofOther = network.Connect(other.Id);
        other.Listen(7000);
        world.ListenOnMachine(9000);

        Assert.Equal("unreachable", one.Dial(ofOther.Address.ToString(), 7000));
        Assert.Equal("unreachable", one.Dial(ofOne.Gateway.ToString(), 9000));
        Assert.Equal("unreachable", one.Dial(ofOther.Gateway.ToString(), 9000));
        Assert.Equal("unreachable", one.Dial("10.99.0.2", 9000));

        // Its own loopback is another one; and no way leads to the machine's over the link.
        one.Shell("ip link set lo up && ip route add local 127.0.0.0/8 dev lo table local 2>/dev/null; true");
        Assert.Equal("refused", one.Dial("127.0.0.1", 9000));
        one.Shell("ip route del local 127.0.0.0/8 dev lo table local; ip route del local 127.0.0.1 dev lo table local; "
            + "ip addr flush dev lo; sysctl -qw net.ipv4.conf.eth0.route_localnet=1; "
            + $"ip route add 127.0.0.0/8 via {ofOne.Gateway} dev eth0 src {ofOne.Address}; true");
        Assert.Equal("unreachable", one.Dial("127.0.0.1", 9000));
    });

    [Fact]
    public void Keeps_sandboxes_from_where_clouds_keep_secrets() => SmallWorld.Run(world =>
    {
        using var network = NatNetwork.Start(new());
        using var sandbox = world.NewNamespace();
        using var link = network.Connect(sandbox.Id);

        Assert.Equal("unreachable", sandbox.Dial("169.254.169.254", SmallWorld.Port));
        Assert.Equal("unreachable", sandbox.Dial("168.63.129.16", SmallWorld.Port));
    });

    [Fact]
    public void Takes_no_address_but_a_sandboxs_own() => SmallWorld.Run(world =>
    {
        using var network = NatNetwork.Start(new());
        using NetworkNamespaceOfTest one = world.NewNamespace(), other = world.NewNamespace();
        using NatLink ofOne = network.Connect(one.Id), ofOther = network.Connect(other.Id);

        one.Shell($"ip addr add {ofOther.Address}/32 dev eth0 "
            + $"&& ip route replace default via {ofOne.Gateway} dev eth0 onlink src {ofOther.Address}");
        Assert.Equal("unreachable", one.Dial("10.99.0.1", SmallWorld.Port));
    });

    [Fact]
    public void Leaves_the_machine_as_it_was() => SmallWorld.Run(world =>
    {
        var before = world.State();
        using (var network = NatNetwork.Start(new()))
        {
            using NetworkNamespaceOfTest one = world.NewNamespace(), other = world.NewNamespace();
            var link = network.Connect(one.Id);
            network.Connect(other.Id);
            Assert.Contains("forwarding: 1", world.State(), StringComparison.Ordinal);
            Assert.Equal(2, world.Links().Count(name => name.StartsWith("tw", StringComparison.Ordinal)));
            link.Dispose();
            Assert.Single(world.Links(), name => name.StartsWith("tw", StringComparison.Ordinal));
        }

        Assert.Equal(before, world.State());
    });

    [Fact]
    public void Leaves_forwarding_on_where_it_was_on() => SmallWorld.Run(world =>
    {
        world.Shell("sysctl -qw net.ipv4.ip_forward=1");
        NatNetwork.Start(new()).Dispose();
        Assert.Contains("forwarding: 1", world.State(), StringComparison.Ordinal);
    });

    [Fact]
    public void Loses_a_link_with_its_sandbox_and_uses_its_addresses_again() => SmallWorld.Run(world =>
    {
        using var network = NatNetwork.Start(new());
        string first;
        using (var sandbox = world.NewNamespace())
        {
            using var link = network.Connect(sandbox.Id);
            first = link.Address.ToString();
            sandbox.Dispose();
            world.Eventually(() => !world.Links().Contains(link.Name), "no link");
        }

        using var next = world.NewNamespace();
        using var again = network.Connect(next.Id);
        Assert.Equal(first, again.Address.ToString());
        Assert.Equal("you are 10.99.0.2", next.Dial("10.99.0.1", SmallWorld.Port));
    });

    [Fact]
    public void Never_gives_a_clone_the_address_of_its_original() => SmallWorld.Run(world =>
    {
        using var network = NatNetwork.Start(new() { Range = AddressRange.Parse("10.201.0.0/30") });
        using NetworkNamespaceOfTest original = world.NewNamespace(), one = world.NewNamespace(), other = world.NewNamespace();
        var ofOriginal = network.Connect(original.Id);
        ofOriginal.Dispose();
        using var ofOne = network.Connect(one.Id, ofOriginal.Address);
        Assert.NotEqual(ofOriginal.Address, ofOne.Address);
        Assert.Equal("you are 10.99.0.2", one.Dial("10.99.0.1", SmallWorld.Port));
        one.Shell($"ip route replace default via {ofOne.Gateway} dev eth0 src {ofOriginal.Address}");
        Assert.Equal("unreachable", one.Dial("10.99.0.1", SmallWorld.Port));

        // It is there for everybody else, and for a clone there is none any more.
        Assert.Throws<SandboxException>(() => network.Connect(other.Id, ofOriginal.Address));
        using var ofOther = network.Connect(other.Id);
        Assert.Equal(ofOriginal.Address, ofOther.Address);
    });

    [Fact]
    public void Takes_away_links_that_go_by_themselves_meanwhile() => SmallWorld.Run(world =>
    {
        using var network = NatNetwork.Start(new());
        using var sandbox = world.NewNamespace();
        using var link = network.Connect(sandbox.Id);
        using var routes = new RouteSocket();
        var (_, index) = routes.Links().Single(one => one.Name.StartsWith(NatTable.AnyLink, StringComparison.Ordinal));

        routes.Delete(index);
        routes.Delete(index);

        Assert.DoesNotContain(routes.Links(), one => one.Index == index);
    });

    [Fact]
    public void Is_free_of_what_a_dead_daemon_left() => SmallWorld.Run(world =>
    {
        // A new network namespace begins as the machine is set at that moment, and a daemon of another test may be at work.
        world.Shell("sysctl -qw net.ipv4.ip_forward=0");
        var before = world.State();
        using var sandbox = world.NewNamespace();

        // Started at another time: the process id has come again.
        world.Shell(
            $"nft add table inet thaw_{Environment.ProcessId}_1_10.201.0.0_16_f && nft add table inet other "
            + $"&& sysctl -qw net.ipv4.ip_forward=1 && ip link add twzz-0 type veth peer name eth0 netns {sandbox.Id}");
        NatNetwork.Sweep();

        Assert.Equal(before + "table inet other\n", world.State());
    });

    [Fact]
    public void Leaves_a_living_daemon_alone() => SmallWorld.Run(world =>
    {
        using var network = NatNetwork.Start(new());
        using var sandbox = world.NewNamespace();
        using var link = network.Connect(sandbox.Id);
        var before = world.State();

        NatNetwork.Sweep();
        Assert.Equal(before, world.State());
    });

    [Fact]
    public void Takes_a_range_that_the_machine_does_not_use() => SmallWorld.Run(world =>
    {
        world.Shell("ip route add 10.201.3.0/24 via 10.99.0.1");
        using (var network = NatNetwork.Start(new()))
            Assert.Equal("10.217.0.0/16", network.Range.ToString());

        var refused = Assert.Throws<SandboxException>(() => NatNetwork.Start(new() { Range = AddressRange.Parse("10.201.0.0/16") }));
        Assert.Contains("in use on this machine already", refused.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Says_when_all_addresses_are_in_use() => SmallWorld.Run(world =>
    {
        using var network = NatNetwork.Start(new() { Range = AddressRange.Parse("10.201.0.0/30") });
        using NetworkNamespaceOfTest one = world.NewNamespace(), two = world.NewNamespace(), three = world.NewNamespace();
        network.Connect(one.Id);
        network.Connect(two.Id);

        Assert.Contains("in use", Assert.Throws<SandboxException>(() => network.Connect(three.Id)).Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Says_when_the_process_is_gone() => SmallWorld.Run(world =>
    {
        using var network = NatNetwork.Start(new());

        Assert.Throws<SandboxException>(() => network.Connect(int.MaxValue));
    });

    [Fact]
    public void Works_here_or_says_why_not()
    {
        SmallWorld.SkipUnlessPossible();

        Assert.Null(NatNetwork.WhyNot());
    }

    [Fact]
    public void Connects_within_milliseconds() => SmallWorld.Run(world =>
    {
        using var network = NatNetwork.Start(new());
        var (connects, disconnects) = (new List<double>(), new List<double>());
        for (var round = 0; round < 10; round++)
        {
            using var sandbox = world.NewNamespace();
            var began = Stopwatch.GetTimestamp();
            var link = network.Connect(sandbox.Id);
            connects.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            began = Stopwatch.GetTimestamp();
            link.Dispose();
            disconnects.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        connects.Sort();
        disconnects.Sort();
        world.Tell(string.Create(
            CultureInfo.InvariantCulture,
            $"connect {connects[0]:0.0}, {connects[5]:0.0} ms, disconnect {disconnects[0]:0.0}, {disconnects[5]:0.0} ms"));
        Assert.InRange(connects[5], 0, 500);
    });
}
