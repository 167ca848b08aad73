using System.Net.Sockets;
using System.Text;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Snapshots;
using Thaw.Testing;

namespace Thaw.SystemTests.Sandboxing.Snapshots;

/// <summary>A place to take snapshots, where this machine can.</summary>
internal sealed class SnapshotWords : IAsyncDisposable
{
    internal const string Key = "of a test";

    private readonly NamespaceWords words = new();
    private readonly TemporaryFolder folder = new();
    private Snapshotter? snapshotter;
    private int count;

    internal string Folder => folder.Path;

    internal Snapshotter Snapshotter => snapshotter!;

    internal NamespaceSandboxOptions Options => words.Options with { Snapshotter = snapshotter };

    /// <summary>Skips the test where there is no CRIU; a CRIU that does not work fails it.</summary>
    internal async Task<SnapshotWords> StartAsync()
    {
        var own = new[] { Criu.OwnFolder, "/opt/criu" }.FirstOrDefault(one => Criu.Find(one) is not null);
        Assert.SkipWhen(own is null, $"there is no CRIU {Criu.Oldest} or later (fix: thaw doctor --fix)");
        var options = new SnapshotterOptions { Folder = System.IO.Path.Combine(folder.Path, "snapshotter"), CriuFolder = own! };
        snapshotter = await Snapshotter.StartAsync(options, () => words.Options).InTimeAsync();
        return this;
    }

    /// <summary>A sandbox in which a program waits for the answer to a request; ours is the other end.</summary>
    internal async Task<(NamespaceSandbox Sandbox, Socket Connection)> AskingAsync(
        Func<IProcessOutput, ProcessStart> program,
        IProcessOutput output,
        Furnishings? furnishings = null,
        NamespaceSandboxOptions? options = null)
    {
        var sandbox = await NamespaceSandbox.CreateAsync(options ?? Options).InTimeAsync();
        await sandbox.FurnishAsync(furnishings ?? new());
        await sandbox.StartAsync(program(output) with { Label = "asker" }).InTimeAsync();
        var connection = await sandbox.ApiListener.AcceptAsync(TestContext.Current.CancellationToken).AsTask().InTimeAsync();
        var head = new StringBuilder();
        var bytes = new byte[4096];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var got = await connection.ReceiveAsync(bytes, TestContext.Current.CancellationToken).AsTask().InTimeAsync();
            Assert.NotEqual(0, got);
            head.Append(Encoding.ASCII.GetString(bytes, 0, got));
        }

        return (sandbox, connection);
    }

    internal Task<Snapshot> TakeAsync(NamespaceSandbox sandbox, params Socket[] connections) => sandbox.SnapshotAsync(
        NewPath(),
        Key,
        () => [.. connections.Select(one => new OutsideConnection(one, "GET /again HTTP/1.1\r\n\r\n"u8.ToArray()))],
        TestContext.Current.CancellationToken).InTimeAsync();

    internal string NewPath() => System.IO.Path.Combine(folder.Path, $"snapshot{Interlocked.Increment(ref count)}");

    internal Task<RestoredSandbox> RestoreAsync(
        Snapshot snapshot, IProcessOutput output, Furnishings? furnishings = null, NamespaceSandboxOptions? options = null) =>
        NamespaceSandbox.RestoreAsync(
            snapshot, options ?? Options, furnishings ?? new(), _ => output, TestContext.Current.CancellationToken).InTimeAsync();

    /// <summary>Reads the request that a clone's connection begins with, and answers it.</summary>
    internal static async Task AnswerAsync(Socket connection, string body)
    {
        var bytes = new byte[4096];
        var got = await connection.ReceiveAsync(bytes, TestContext.Current.CancellationToken).AsTask().InTimeAsync();
        Assert.Equal("GET /again HTTP/1.1\r\n\r\n", Encoding.ASCII.GetString(bytes, 0, got));
        var answer = $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        await connection.SendAsync(Encoding.ASCII.GetBytes(answer), TestContext.Current.CancellationToken).AsTask().InTimeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (snapshotter is not null)
            await snapshotter.DisposeAsync();
        words.Dispose();
        folder.Dispose();
    }
}
