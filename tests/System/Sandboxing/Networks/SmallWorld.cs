using System.Diagnostics;
using Thaw.Linux;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Networks;

namespace Thaw.SystemTests.Sandboxing.Networks;

/// <summary>
/// A network namespace that stands for the machine, in which a test's thread is, and one that stands for the internet:
/// <code>machine: uplink 10.99.0.2  ---  10.99.0.1 and 169.254.169.254 :internet, which tells everybody who he is</code>
/// The real machine's network is not touched.
/// </summary>
internal sealed class SmallWorld : IDisposable
{
    public const int Port = 8000;

    private readonly List<NetworkNamespaceOfTest> all = [];
    private readonly ITestOutputHelper? output = TestContext.Current.TestOutputHelper;
    private readonly int thread = Syscalls.gettid();

    private SmallWorld() => Internet = NewNamespace();

    public NetworkNamespaceOfTest Internet { get; }

    public static void Run(Action<SmallWorld> story)
    {
        SkipUnlessPossible();
        NamespaceThread.Run(() =>
        {
            LinuxException.ThrowIfFailed(Syscalls.unshare(Syscalls.CLONE_NEWNET), "unshare");
            using var world = new SmallWorld();
            world.Build();
            story(world);
            return 0;
        });
    }

    public static void SkipUnlessPossible()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may make links");
        Assert.SkipUnless(HostProgram.Find("nft") is not null, "there is no nft (fix: apt-get install nftables)");
        Assert.SkipUnless(HostProgram.Find("ip") is not null, "there is no ip (fix: apt-get install iproute2)");
    }

    public NetworkNamespaceOfTest NewNamespace()
    {
        all.Add(new());
        return all[^1];
    }

    public string Shell(string script) => NetworkNamespaceOfTest.Sh(script);

    public void ListenOnMachine(int port) => all.Add(new(thread, port));

    public IEnumerable<string> Links() => Shell("ip -o link").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(": ")[1].Split('@')[0]);

    /// <summary>All that may be left behind.</summary>
    public string State() =>
        Shell("ip -o link | cut -d: -f2 | sort; ip route; echo forwarding: $(cat /proc/sys/net/ipv4/ip_forward); nft list tables");

    public void Eventually(Func<bool> holds, string what)
    {
        for (var began = Stopwatch.GetTimestamp(); !holds(); Thread.Sleep(5))
            Assert.True(Stopwatch.GetElapsedTime(began) < SandboxWords.Patience, what);
    }

    public void Tell(string line) => output?.WriteLine(line);

    public void Dispose() => all.ForEach(one => one.Dispose());

    private void Build()
    {
        Shell("ip link set lo up");
        Shell($"ip link add uplink type veth peer name downlink netns {Internet.Id}");
        Shell("ip addr add 10.99.0.2/24 dev uplink && ip link set uplink up && ip route add default via 10.99.0.1");
        Internet.Shell("ip link set lo up && ip link set downlink up && ip addr add 10.99.0.1/24 dev downlink "
            + "&& ip addr add 169.254.169.254/32 dev lo && ip addr add 168.63.129.16/32 dev lo");
        Internet.Listen(Port);
    }
}
