using Thaw.Sandboxing;
using Thaw.Sandboxing.Namespaces;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing.Snapshots;

public sealed class Snapshot_of_a_sandbox
{
    private const string Asker = """
        import http.client, sys, time
        print("before", flush=True)
        api = http.client.HTTPConnection("127.0.0.1", 9001)
        while True:
            api.request("GET", "/next")
            answer = api.getresponse().read().decode()
            print("heard", answer, flush=True)
            if answer == "end":
                sys.exit(7)
        """;

    [Fact]
    public async Task Is_restored_as_many_clones_at_once_each_of_which_is_answered()
    {
        await using var words = await new SnapshotWords().StartAsync();
        var output = new Collected();
        var (sandbox, connection) = await words.AskingAsync(its => Python(Asker, its), output);
        await using var original = sandbox;
        using var snapshot = await words.TakeAsync(sandbox, connection);
        var outputs = Enumerable.Range(0, 3).Select(_ => new Collected()).ToArray();
        var clones = await Task.WhenAll(outputs.Select(its => words.RestoreAsync(snapshot, its))).InTimeAsync();
        for (var i = 0; i < clones.Length; i++)
        {
            await SnapshotWords.AnswerAsync(clones[i].Connections[0], $"word{i}");
            var word = $"heard word{i}\n";
            await EventuallyAsync(() => outputs[i].Stdout == word, word);
        }

        for (var i = 0; i < clones.Length; i++)
        {
            await using var clone = clones[i].Sandbox;
            await clones[i].Connections[0].SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nend"u8.ToArray());
            Assert.Equal(new ExitStatus(7, 0), await clones[i].Processes["asker"].Exited.InTimeAsync());
        }

        Assert.Equal("before\n", output.Stdout);
    }

    // In another process than before, a program that has registered for it would be refused, and does not expect that.
    [Fact]
    public async Task Cannot_hold_a_process_that_uses_membarrier_so_there_is_none()
    {
        const string Call = """
            import ctypes, errno, platform
            libc = ctypes.CDLL(None, use_errno=True)
            libc.syscall(283 if platform.machine() == "aarch64" else 324, 0, 0, 0)
            print(errno.errorcode.get(ctypes.get_errno(), "none"))
            """;
        await using var words = await new SnapshotWords().StartAsync();
        await using var sandbox = await NamespaceSandbox.CreateAsync(words.Options).InTimeAsync();
        await sandbox.FurnishAsync(new());
        Assert.Equal("ENOSYS\n", await NamespaceWords.PrintedByAsync(sandbox, output => Python(Call, output)));
    }
}
