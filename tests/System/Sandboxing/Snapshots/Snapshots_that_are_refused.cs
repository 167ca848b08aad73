using System.Text.Json.Nodes;
using Thaw.Sandboxing.Snapshots;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing.Snapshots;

/// <summary>What cannot be taken is not harmed, and what cannot be restored is known before it is tried.</summary>
public sealed class Snapshots_that_are_refused
{
    private const string Asker = """
        import http.client, socket
        listener = socket.create_server(("127.0.0.1", 4711))
        api = http.client.HTTPConnection("127.0.0.1", 9001)
        while True:
            api.request("GET", "/next")
            print("heard", api.getresponse().read().decode(), flush=True)
        """;

    [Fact]
    public async Task Name_a_connection_from_outside_and_leave_all_as_it_was()
    {
        await using var words = await new SnapshotWords().StartAsync();
        var output = new Collected();
        var (sandbox, connection) = await words.AskingAsync(its => Python(Asker, its), output);
        await using var original = sandbox;
        await using (await sandbox.ConnectAsync(4711, TestContext.Current.CancellationToken))
        {
            var refusal = await Assert.ThrowsAsync<SnapshotRefusedException>(() => words.TakeAsync(sandbox, connection));
            Assert.Equal("a connection from outside to its port 4711 is open (telemetry, perhaps)", refusal.Message);
        }

        Assert.Equal(["snapshotter"], Directory.GetFileSystemEntries(words.Folder).Select(Path.GetFileName));
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nword"u8.ToArray());
        await EventuallyAsync(() => output.Stdout == "heard word\n", "it goes on");
    }

    [Fact]
    public async Task Name_what_has_not_been_taken_yet()
    {
        await using var words = await new SnapshotWords().StartAsync();
        var output = new Collected();
        var (sandbox, connection) = await words.AskingAsync(its => Python(Asker, its), output);
        await using var original = sandbox;
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nword"u8.ToArray());
        await EventuallyAsync(() => output.Stdout == "heard word\n" && connection.Available > 0, "it asks again, and nobody reads");

        var refusal = await Assert.ThrowsAsync<SnapshotRefusedException>(() => words.TakeAsync(sandbox, connection));
        Assert.True(refusal.IsBusy);
        Assert.Equal("a process has sent something to the API that has not been taken yet", refusal.Message);
    }

    [Fact]
    public async Task Name_what_CRIU_cannot_hold()
    {
        await using var words = await new SnapshotWords().StartAsync();
        const string Ghost = "import os\nbig = open('/tmp/big', 'wb')\nbig.write(bytes(70 << 20))\nbig.flush()\nos.unlink('/tmp/big')\n";
        var (sandbox, connection) = await words.AskingAsync(its => Python(Ghost + Asker, its), new Collected());
        await using var original = sandbox;

        var refusal = await Assert.ThrowsAsync<SnapshotRefusedException>(() => words.TakeAsync(sandbox, connection));
        Assert.StartsWith("CRIU cannot take it: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Are_known_by_their_files_their_key_and_their_circumstances()
    {
        await using var words = await new SnapshotWords().StartAsync();
        var (sandbox, connection) = await words.AskingAsync(its => Python(Asker, its), new Collected());
        await using (sandbox)
            (await words.TakeAsync(sandbox, connection)).Dispose();
        var folder = Directory.GetDirectories(words.Folder, "snapshot?").Single();
        Snapshot.Open(folder, SnapshotWords.Key, words.Snapshotter).Dispose();

        Assert.Equal("what it was taken of has changed since", Problem("another key"));
        var pages = Directory.GetFiles(Path.Combine(folder, "criu"), "pages-*").First();
        var bytes = await File.ReadAllBytesAsync(pages, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(pages, bytes, TestContext.Current.CancellationToken);
        Assert.Equal($"it is damaged: its file criu/{Path.GetFileName(pages)} is not as it was written", Problem(SnapshotWords.Key));
        File.Delete(pages);
        Assert.Equal($"it is damaged: its file criu/{Path.GetFileName(pages)} is not there", Problem(SnapshotWords.Key));

        var manifest = Path.Combine(folder, "manifest.json");
        var json = JsonNode.Parse(await File.ReadAllTextAsync(manifest, TestContext.Current.CancellationToken))!;
        json["kernel"] = "1.0";
        await File.WriteAllTextAsync(manifest, json.ToJsonString(), TestContext.Current.CancellationToken);
        Assert.StartsWith("it was taken on Linux 1.0, and here is ", Problem(SnapshotWords.Key), StringComparison.Ordinal);
        await File.WriteAllTextAsync(manifest, "{", TestContext.Current.CancellationToken);
        Assert.StartsWith("its manifest.json cannot be read: ", Problem(SnapshotWords.Key), StringComparison.Ordinal);

        string Problem(string key) =>
            Assert.Throws<SnapshotUnusableException>(() => Snapshot.Open(folder, key, words.Snapshotter)).Message;
    }

    [Fact]
    public async Task Leave_nothing_when_the_daemon_ended_in_the_middle()
    {
        await using var words = await new SnapshotWords().StartAsync();
        Directory.CreateDirectory(Path.Combine(words.NewPath() + ".unfinished", "criu"));
        Snapshot.Sweep(words.Folder);

        Assert.Equal(["snapshotter"], Directory.GetFileSystemEntries(words.Folder).Select(Path.GetFileName));
    }
}
