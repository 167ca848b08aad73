using System.Text.Json;
using Thaw.SystemTests.Sandboxing.Networks;
using Thaw.SystemTests.Up;
using Thaw.Testing;

namespace Thaw.SystemTests.Attacks;

/// <summary>
/// A daemon with secrets around it, on a network that stands for the machine's and leads to one that stands for the internet:
/// <code>
///   environment -- nat -- machine 10.99.0.2: daemon, canaries  ---  10.99.0.1, 169.254.169.254 and 10.0.0.0/8 :internet
/// </code>
/// Nothing that an attack sends, whatever it gets through, comes to the real machine's network.
/// </summary>
public class AttackedMachine : IAsyncDisposable
{
    /// <summary>Where the machine and the internet tell everybody who he is.</summary>
    internal const int Port = 8000;

    /// <summary>What no function may ever see.</summary>
    internal const string Secret = "the-secret-of-the-machine";

    internal const string AddressOfMachine = "10.99.0.2", AddressOfInternet = "10.99.0.1", AbstractName = "canary";

    private const string ListensOnAbstractSocket = """
        import socket, sys
        door = socket.socket(socket.AF_UNIX)
        door.bind("\0" + sys.argv[1])
        door.listen(16)
        print("ready", flush=True)
        while True:
            s, _ = door.accept()
            s.send(sys.argv[2].encode())
            s.close()
        """;

    private readonly List<NetworkNamespaceOfTest> networks = [];
    private readonly DirectoryInfo folder = OpenFiles.NewFolder("thaw-canary-");
    private readonly Lazy<Task<RunningDaemon>> daemon;

    /// <summary>Its functions may use all processors, so that those who have little memory are not slow.</summary>
    public AttackedMachine()
        : this("--all-cpus")
    {
    }

    private protected AttackedMachine(params string[] options) => daemon = new(() => StartAsync(options));

    internal FunctionsFolder Functions { get; } = new();

    /// <summary>A file that everybody on the machine may read and write.</summary>
    internal string Canary => Path.Combine(folder.FullName, "canary");

    internal NetworkNamespaceOfTest Machine => networks[0];

    internal NetworkNamespaceOfTest Internet => networks[1];

    internal Task<RunningDaemon> DaemonAsync()
    {
        SmallWorld.SkipUnlessPossible();
        Assert.SkipUnless(File.Exists("/proc/self/ns/user"), "this kernel has no user namespaces");
        return daemon.Value;
    }

    /// <summary>What an attack prints, in an environment that it shares with others.</summary>
    internal Task<string> AttackAsync(string script, params (string Word, object Value)[] words) =>
        AttackByAsync("attacker", script, words);

    /// <summary>The same in the environment of a function of that name, which is made if there is none.</summary>
    internal async Task<string> AttackByAsync(string function, string script, params (string Word, object Value)[] words)
    {
        var answer = await RunAsync(function, script, words);
        return answer.Succeeded().Json.GetString()!;
    }

    /// <summary>The same, whatever comes of it.</summary>
    internal async Task<Answer> RunAsync(string function, string script, params (string Word, object Value)[] words)
    {
        var running = await DaemonAsync();
        Attackers.Write(Functions, function);
        foreach (var (word, value) in words)
            script = script.Replace(word, value.ToString(), StringComparison.Ordinal);
        return await running.InvokeAsync(function, JsonSerializer.Serialize(script));
    }

    public async ValueTask DisposeAsync()
    {
        if (daemon.IsValueCreated)
            await (await daemon.Value).DisposeAsync();
        networks.ForEach(one => one.Dispose());
        Functions.Dispose();
        folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private async Task<RunningDaemon> StartAsync(string[] options)
    {
        await File.WriteAllTextAsync(Canary, Secret);
        File.SetUnixFileMode(Canary, OpenFiles.Program | UnixFileMode.OtherWrite);
        networks.AddRange([new(), new()]);
        Machine.Shell("ip link set lo up");
        Machine.Shell($"ip link add uplink type veth peer name downlink netns {Internet.Id}");
        Machine.Shell($"ip addr add {AddressOfMachine}/24 dev uplink && ip link set uplink up "
            + $"&& ip route add default via {AddressOfInternet}");
        Internet.Shell($"ip link set lo up && ip link set downlink up && ip addr add {AddressOfInternet}/24 dev downlink "
            + "&& ip addr add 169.254.169.254/32 dev lo && ip route add local 10.0.0.0/8 dev lo");
        Machine.Listen(Port);
        Internet.Listen(Port);
        Machine.Python(ListensOnAbstractSocket, AbstractName, Secret);
        Attackers.Write(Functions, "attacker", "neighbour");
        var started = await RunningDaemon.StartInAsync(
            Machine, Functions, new Dictionary<string, string> { ["THAW_CANARY"] = Secret }, ["--isolation", "namespaces", .. options]);
        Assert.DoesNotContain("functions have no", started.Said, StringComparison.Ordinal);
        return started;
    }
}

/// <summary>All attacks have one machine, one after the other.</summary>
[CollectionDefinition]
public sealed class AttackedMachines : ICollectionFixture<AttackedMachine>;

/// <summary>One whose functions have their share of the processors.</summary>
public sealed class BombedMachine() : AttackedMachine([]);

/// <summary>For those that measure: nobody else is at work then.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class BombedMachines : ICollectionFixture<BombedMachine>;
