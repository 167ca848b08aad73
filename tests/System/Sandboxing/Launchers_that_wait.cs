using Microsoft.Extensions.Time.Testing;
using Thaw.Linux;
using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Networks;
using Thaw.SystemTests.Runs;
using Thaw.SystemTests.Sandboxing.Networks;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing;

/// <summary>Each is taken for one sandbox, which gets what waited with it: a group, and a network with a way out.</summary>
[Collection(typeof(NetworksOfThisProcess))]
public sealed class Launchers_that_wait : IAsyncDisposable
{
    private const string Interfaces = "import os; print(sorted(name for _, name in __import__('socket').if_nameindex()))";

    private readonly NamespaceWords words = new();
    private readonly NatNetwork nat;
    private readonly ControlGroups groups = ControlGroups.Find();
    private readonly Launchers launchers;
    private int made;

    public Launchers_that_wait()
    {
        var agent = AgentProgram.FindIn(Path.GetDirectoryName(ThawProgram.Path)!);
        Assert.SkipUnless(agent.IsNative, "only a native agent waits; this one was not compiled ahead of time");
        Assert.SkipUnless(NatNetwork.WhyNot() is null, NatNetwork.WhyNot() ?? "");
        nat = NatNetwork.Start(new());
        launchers = new(agent, count: 1, groups.WhyNot is null ? NewGroup : null, nat, new FakeTimeProvider());
        Options = words.Options with { Agent = agent, Nat = nat, Launchers = launchers };
    }

    private NamespaceSandboxOptions Options { get; }

    public async ValueTask DisposeAsync()
    {
        await launchers.DisposeAsync();
        Assert.Empty(Links());
        nat.Dispose();
        await groups.CloseAsync();
        words.Dispose();
    }

    [Fact]
    public async Task Bring_their_networks_along()
    {
        launchers.Fill();
        var link = Assert.Single(Links());
        await using (var sandbox = await NamespaceSandbox.CreateAsync(Options).InTimeAsync())
        {
            await sandbox.FurnishAsync(new());
            Assert.Equal("['eth0', 'lo']\n", await NamespaceWords.PrintedByAsync(sandbox, output => Python(Interfaces, output)));
            Assert.Equal(link, Assert.Single(Links()));
        }

        await EventuallyAsync(() => Links().Length == 0, "its link is gone");
    }

    [Fact]
    public async Task Have_made_no_difference_for_who_finds_none()
    {
        await using var sandbox = await NamespaceSandbox.CreateAsync(Options).InTimeAsync();
        await sandbox.FurnishAsync(new());
        Assert.Equal("['eth0', 'lo']\n", await NamespaceWords.PrintedByAsync(sandbox, output => Python(Interfaces, output)));
    }

    [Fact]
    public async Task Are_passed_over_when_somebody_has_killed_them()
    {
        launchers.Fill();
        var launcher = Assert.Single(ProcessTree.DescendantsOf(Environment.ProcessId), IsALauncherOfOurs);
        Assert.Equal(0, Syscalls.kill(launcher, Syscalls.SIGKILL));
        await EventuallyAsync(() => ProcFile.ReadStat(launcher) is not { IsAlive: true }, "it is dead");
        await using var sandbox = await NamespaceSandbox.CreateAsync(Options).InTimeAsync();
        await EventuallyAsync(() => ProcFile.ReadStat(launcher) is null, "it is reaped");
    }

    [Fact]
    public async Task Give_nobody_a_way_out_who_wants_none()
    {
        launchers.Fill();
        await using var sandbox = await NamespaceSandbox.CreateAsync(Options with { Nat = null }).InTimeAsync();
        await sandbox.FurnishAsync(new());
        Assert.Equal("['lo']\n", await NamespaceWords.PrintedByAsync(sandbox, output => Python(Interfaces, output)));
        await EventuallyAsync(() => Links().Length == 0, "the link that nobody wants is gone");
    }

    [Fact]
    public async Task Are_left_alone_by_who_shares_the_machines_network()
    {
        launchers.Fill();
        await using var sandbox = await NamespaceSandbox.CreateAsync(Options with { Nat = null, SharesNetwork = true }).InTimeAsync();
        Assert.Single(Links());
        Assert.Equal(NetworkOf("self"), NetworkOf($"{sandbox.AgentPid}"));
    }

    [Fact]
    public async Task Give_a_network_that_nobody_inside_can_change()
    {
        launchers.Fill();
        await using var sandbox = await NamespaceSandbox.CreateAsync(Options).InTimeAsync();
        await sandbox.FurnishAsync(new());
        const string Change = """
            import socket, struct
            switch = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
            down = struct.pack("IHHII" "BBHiII", 32, 16, 5, 1, 0, 0, 0, 0, socket.if_nametoindex("eth0"), 0, 1)
            switch.send(down)
            print(struct.unpack("i", switch.recv(4096)[16:20])[0])
            """;
        Assert.Equal("-1\n", await NamespaceWords.PrintedByAsync(sandbox, output => Python(Change, output)));
    }

    /// <summary>Other tests' processes end while this one looks, and daemons that they have started have launchers of their own.</summary>
    private static bool IsALauncherOfOurs(int process)
    {
        try
        {
            return ProcFile.ReadStat(process)?.Parent == Environment.ProcessId
                && File.ReadAllText($"/proc/{process}/cmdline").EndsWith("\0launch\0", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string NetworkOf(string process) => new FileInfo($"/proc/{process}/ns/net").LinkTarget!;

    private static string[] Links() => [.. Directory.GetFileSystemEntries("/sys/class/net")
        .Select(path => Path.GetFileName(path))
        .Where(name => name.StartsWith(NatTable.LinkPrefixOf(Environment.ProcessId), StringComparison.Ordinal))];

    private EnvironmentGroup NewGroup() => groups.Create($"launched-{++made}", new(256L << 20, 1, 1000));
}
