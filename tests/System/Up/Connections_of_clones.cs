using System.Text.Json;
using Thaw.SystemTests.Sandboxing.Networks;
using Thaw.Testing;

namespace Thaw.SystemTests.Up;

/// <summary>
/// Connections to another machine that Init opens and keeps: no clone has the one of its original.
/// <code>
///   clones -- nat -- machine 10.99.0.2: daemon  ---  10.99.0.1 :peer, which loses every farewell and so takes the original for alive
/// </code>
/// </summary>
public sealed class Connections_of_clones : IAsyncDisposable
{
    private const string Python = """
        import socket, time
        def connect(): return socket.create_connection(("10.99.0.1", 7000), timeout=5)
        def ask(connection, word):
            connection.settimeout(1)
            try:
                connection.sendall(word.encode() + b"\n")
                return connection.recv(100).decode() or "closed"
            except OSError as failure: return type(failure).__name__
        of_init = connect()
        answer_of_init = ask(of_init, "init")
        def handler(event, context):
            answers = ask(of_init, "old"), ask(connect(), context.aws_request_id)
            time.sleep(event["seconds"])
            return {"id": context.aws_request_id, "init": answer_of_init, "old": answers[0], "new": answers[1]}
        """;

    /// <summary>Answers each line, and writes down which connection it came by.</summary>
    private const string Peer = """
        import itertools, socketserver, sys
        numbers = itertools.count()
        class Lines(socketserver.StreamRequestHandler):
            def handle(self):
                number = next(numbers)
                for line in self.rfile:
                    with open(sys.argv[1], "a") as heard: heard.write(f"{number} {line.decode()}")
                    self.wfile.write(b"to " + line)
        socketserver.ThreadingTCPServer.daemon_threads = True
        server = socketserver.ThreadingTCPServer(("0.0.0.0", 7000), Lines)
        print("ready", flush=True)
        server.serve_forever()
        """;

    private readonly FunctionsFolder functions = new();
    private readonly DirectoryInfo folder = OpenFiles.NewFolder("thaw-peer-");
    private readonly List<NetworkNamespaceOfTest> networks = [];
    private RunningDaemon? daemon;

    private string Heard => Path.Combine(folder.FullName, "heard");

    public async ValueTask DisposeAsync()
    {
        if (daemon is not null)
            await daemon.DisposeAsync();
        networks.ForEach(one => one.Dispose());
        functions.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact, Trait("Spec", "ENV-121")]
    public async Task Are_new_and_the_one_of_Init_is_answered_by_nobody()
    {
        await StartAsync();
        await daemon!.CreateReadyAsync(
            "f", CreatedFunctions.Zip("app.py", Python), ""","SnapStart":{"ApplyOn":"PublishedVersions"}""", "python3.12", "app.handler");
        await daemon!.PublishedAsync("f");
        var first = await InvokedAsync();
        await daemon!.RestsAsync("f");
        var second = await InvokedAsync();

        Assert.Equal(2, (await daemon!.EnvironmentsAsync("f")).Length);
        string[] ids = [.. first.Concat(second).Select(answer => Text(answer, "id"))];
        var heard = await File.ReadAllLinesAsync(Heard, TestContext.Current.CancellationToken);
        Assert.All(first.Concat(second), answer =>
        {
            Assert.Equal("to init\n", Text(answer, "init"));
            Assert.Equal("TimeoutError", Text(answer, "old"));
            Assert.Equal($"to {Text(answer, "id")}\n", Text(answer, "new"));
        });
        Assert.Equal(["0 init"], heard.Where(line => line.StartsWith("0 ", StringComparison.Ordinal)));
        Assert.Equal(ids.Order(), heard.Skip(1).Select(line => line.Split(' ')[1]).Order());
    }

    private static string Text(JsonElement answer, string member) => answer.GetProperty(member).GetString()!;

    /// <summary>By two clones at once.</summary>
    private Task<JsonElement[]> InvokedAsync() => Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        (await daemon!.InvokeAsync("f:1", """{"seconds":2}""")).Succeeded().Json));

    private async Task StartAsync()
    {
        SmallWorld.SkipUnlessPossible();
        SnapStartCalls.SkipWithoutSnapshots();
        networks.AddRange([new(), new()]);
        var (machine, peer) = (networks[0], networks[1]);
        machine.Shell($"ip link set lo up && ip link add uplink type veth peer name downlink netns {peer.Id}");
        machine.Shell("ip addr add 10.99.0.2/24 dev uplink && ip link set uplink up && ip route add default via 10.99.0.1");
        peer.Shell("ip link set lo up && ip link set downlink up && ip addr add 10.99.0.1/24 dev downlink && nft add table ip deaf "
            + "&& nft \"add chain ip deaf input { type filter hook input priority 0; }\" "
            + "&& nft \"add rule ip deaf input tcp flags & (fin | rst) != 0 drop\"");
        peer.Python(Peer, Heard);
        daemon = await RunningDaemon.StartInAsync(
            machine, functions, new Dictionary<string, string>(), "--isolation", "namespaces", "--network", "nat");
        Assert.DoesNotContain("functions have no", daemon.Said, StringComparison.Ordinal);
    }
}
