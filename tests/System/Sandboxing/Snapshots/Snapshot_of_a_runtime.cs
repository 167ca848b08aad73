using System.Diagnostics;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Networks;
using Thaw.SystemTests.Sandboxing.Networks;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing.Snapshots;

/// <summary>Real languages, limits and networks.</summary>
[Collection(typeof(NetworksOfThisProcess))]
public sealed class Snapshot_of_a_runtime
{
    private const string Node = """
        const http = require('http');
        const agent = new http.Agent({ keepAlive: true });
        const ask = () => http.get({ host: '127.0.0.1', port: 9001, path: '/next', agent }, answer => {
          let text = '';
          answer.on('data', part => text += part);
          answer.on('end', () => { console.log('heard ' + text); ask(); });
        });
        ask();
        """;

    private const string Bash = """
        exec 3<>/dev/tcp/127.0.0.1/9001
        while true; do
          printf 'GET /next HTTP/1.1\r\n\r\n' >&3
          for i in 1 2 3; do read -r line <&3; done
          read -r -N 4 word <&3
          echo "heard $word"
        done
        """;

    private const string Python = """
        import http.client
        api = http.client.HTTPConnection("127.0.0.1", 9001)
        while True:
            api.request("GET", "/next")
            word = api.getresponse().read().decode()
            if word == "much":
                hog = [bytearray(b"x" * (1 << 20)) for _ in range(1000)]
            print("heard", word, flush=True)
        """;

    [Theory]
    [InlineData("node", "-e", Node)]
    [InlineData("bash", "-c", Bash)]
    public async Task Answers_in_three_clones_at_once(string program, string option, string script)
    {
        await using var words = await new SnapshotWords().StartAsync();
        var path = $"/usr/bin/{program}";
        Assert.SkipUnless(File.Exists(path), $"there is no {path}");
        var (sandbox, connection) = await words.AskingAsync(its => Program(path, its, option, script), new Collected());
        await using var original = sandbox;
        using var snapshot = await words.TakeAsync(sandbox, connection);
        var outputs = Enumerable.Range(0, 3).Select(_ => new Collected()).ToArray();
        var clones = await Task.WhenAll(outputs.Select(its => words.RestoreAsync(snapshot, its))).InTimeAsync();

        for (var i = 0; i < clones.Length; i++)
        {
            await using var clone = clones[i].Sandbox;
            await SnapshotWords.AnswerAsync(clones[i].Connections[0], $"one{i}");
            await EventuallyAsync(() => outputs[i].Stdout == $"heard one{i}\n", "it heard");
        }
    }

    [Fact]
    public async Task Is_limited_in_a_clone_and_its_death_has_a_reason()
    {
        await using var words = await new SnapshotWords().StartAsync();
        var groups = ControlGroups.Find();
        Assert.SkipUnless(groups.WhyNot is null && groups.LimitsMemory, groups.WhyNot ?? "no group limits memory here");
        var (sandbox, connection) = await words.AskingAsync(its => SandboxWords.Python(Python, its), new Collected());
        await using var original = sandbox;
        using var snapshot = await words.TakeAsync(sandbox, connection);
        var group = groups.Create($"clone-{Guid.NewGuid():n}", new(256L << 20, 1, 1000));
        var clone = await words.RestoreAsync(snapshot, new Collected(), options: words.Options with { Group = group });
        await using var destroyed = clone.Sandbox;
        Assert.Contains(clone.Sandbox.AgentPid, group.Processes());
        await clone.Sandbox.FreezeAsync();
        await clone.Sandbox.ThawAsync();
        await SnapshotWords.AnswerAsync(clone.Connections[0], "much");

        Assert.True((await clone.Processes["asker"].Exited.InTimeAsync()).OutOfMemory);
    }

    [Fact]
    public async Task Is_restored_with_all_processors_however_few_it_has_afterwards()
    {
        await using var words = await new SnapshotWords().StartAsync();
        var groups = ControlGroups.Find();
        Assert.SkipUnless(groups.WhyNot is null, groups.WhyNot ?? "");
        var (sandbox, connection) = await words.AskingAsync(its => SandboxWords.Python(Python, its), new Collected());
        await using var original = sandbox;
        using var snapshot = await words.TakeAsync(sandbox, connection);
        var group = groups.Create($"clone-{Guid.NewGuid():n}", new(256L << 20, 0.01, 1000));
        var began = Stopwatch.GetTimestamp();
        var clone = await words.RestoreAsync(
            snapshot, new Collected(), new() { Limits = new(256L << 20, 0.01, 1000) }, words.Options with { Group = group });
        var took = Stopwatch.GetElapsedTime(began);
        await clone.Sandbox.DisposeAsync();

        // With its own hundredth it takes ten seconds and more.
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Has_a_way_out_of_its_own()
    {
        Assert.SkipUnless(NatNetwork.WhyNot() is null, NatNetwork.WhyNot() ?? "");
        await using var words = await new SnapshotWords().StartAsync();
        using var network = NatNetwork.Start(new());
        var options = words.Options with { Nat = network };
        var (sandbox, connection) = await words.AskingAsync(its => SandboxWords.Python(Python, its), new Collected(), options: options);
        await using var original = sandbox;
        using var snapshot = await words.TakeAsync(sandbox, connection);
        var clones = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ =>
            words.RestoreAsync(snapshot, new Collected(), options: words.Options with { Nat = network }))).InTimeAsync();
        const string Addresses = """
            import socket
            door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            door.connect(("192.0.2.1", 53))
            print(door.getsockname()[0])
            """;
        var seen = new List<string>();
        foreach (var each in clones.Select(one => one.Sandbox).Prepend(sandbox))
            seen.Add(await NamespaceWords.PrintedByAsync(each, its => SandboxWords.Python(Addresses, its)));
        foreach (var clone in clones)
            await clone.Sandbox.DisposeAsync();

        Assert.Equal(3, seen.Distinct().Count());
        Assert.All(seen, address => Assert.StartsWith("10.", address, StringComparison.Ordinal));
    }
}
