using System.Net.Sockets;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.DoomedDaemon;

/// <summary>Takes a snapshot and restores a clone, again and again, until the process is killed.</summary>
internal static class EndlessSnapshots
{
    private const string Asker = """
        exec 3<>/dev/tcp/127.0.0.1/9001
        printf 'GET / HTTP/1.1\r\n\r\n' >&3
        read -r answer <&3
        """;

    /// <param name="folder">For all that it writes.</param>
    /// <param name="criu">Where CRIU may lie.</param>
    /// <param name="mark">A variable of every process in a sandbox.</param>
    internal static async Task RunAsync(string folder, string criu, string mark)
    {
        var root = RootFileSystem.Make(Path.Combine(folder, "root"), "sandbox");
        var count = 0;
        await using var snapshotter = await Snapshotter.StartAsync(
            new() { Folder = Path.Combine(folder, "snapshotter"), CriuFolder = criu }, Options);
        while (true)
        {
            await using var original = await NamespaceSandbox.CreateAsync(Options() with { Snapshotter = snapshotter });
            await original.StartAsync(new()
            {
                Path = "/bin/bash",
                Arguments = ["-c", Asker],
                Environment = new Dictionary<string, string> { [mark] = "1" },
                WorkingDirectory = "/",
                Output = new Nowhere(),
            });
            using var asked = await original.ApiListener.AcceptAsync();
            var request = new byte[256];
            var got = 0;
            while (!request.AsSpan(0, got).EndsWith("\r\n\r\n"u8))
                got += await asked.ReceiveAsync(request.AsMemory(got), SocketFlags.None);
            Console.WriteLine("dump");
            using var snapshot = await original.SnapshotAsync(
                Path.Combine(folder, "snapshots", $"s{count}"), "", () => [new(asked, request.AsMemory(0, got))], CancellationToken.None);
            Console.WriteLine("restore");
            var clone = await NamespaceSandbox.RestoreAsync(
                snapshot, Options() with { Snapshotter = snapshotter }, new(), _ => new Nowhere(), CancellationToken.None);
            await clone.Sandbox.DisposeAsync();
        }

        NamespaceSandboxOptions Options() => new() { Root = root, TemporaryFolder = Path.Combine(folder, "tmp", $"t{count++}") };
    }

    private sealed class Nowhere : IProcessOutput
    {
        public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
        {
        }
    }
}
