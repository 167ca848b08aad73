using System.Net.Sockets;
using System.Text;
using Thaw.Sandboxing.Namespaces;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// Whether all of it works on this machine, found out by doing it: a tiny sandbox with one parked connection, its snapshot, and a
/// clone that answers over that connection. <c>criu check</c> would say yes where a connection cannot be dumped.
/// </summary>
internal sealed class Trial(Snapshotter snapshotter, Func<NamespaceSandboxOptions> sandbox)
{
    private const string VerdictFile = "verdict", Works = "works", Key = "trial";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // A shell that has a connection and nothing else: it asks, and writes what it hears.
    private const string Asker = """
        exec 3<>/dev/tcp/127.0.0.1/9001
        printf 'GET / HTTP/1.1\r\n\r\n' >&3
        read -r answer <&3
        echo "$answer"
        """;

    /// <summary>On return it is known that it works.</summary>
    /// <exception cref="SandboxException">It does not; the message says what went wrong.</exception>
    internal async Task ConvinceAsync()
    {
        var file = Path.Combine(snapshotter.Options.Folder, VerdictFile);
        var question = $"{snapshotter.Circumstances} {snapshotter.Criu.Path}";
        if (Known(file, question) is not { } verdict)
        {
            verdict = await TryAsync().ConfigureAwait(false);
            Directory.CreateDirectory(snapshotter.Options.Folder);
            await File.WriteAllTextAsync(file, $"{question}\n{verdict}\n").ConfigureAwait(false);
        }

        if (verdict != Works)
            throw new SandboxException($"a trial of snapshots with CRIU {snapshotter.Criu.Version} failed: {verdict}");
    }

    private static string? Known(string file, string question) =>
        File.Exists(file) && File.ReadAllLines(file) is [var asked, var verdict, ..] && asked == question ? verdict : null;

    private async Task<string> TryAsync()
    {
        var folder = Path.Combine(snapshotter.Options.Folder, $"trial-{Guid.NewGuid():n}");
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            Directory.CreateDirectory(snapshotter.Options.Folder);
            return await TryAsync(folder, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SandboxException or SnapshotRefusedException or SnapshotUnusableException
            or ProcessStartException or SocketException or OperationCanceledException)
        {
            return failure.Message.ReplaceLineEndings(" ");
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<string> TryAsync(string folder, CancellationToken limit)
    {
        var options = sandbox() with { Snapshotter = snapshotter };
        await using var original = await NamespaceSandbox.CreateAsync(options).ConfigureAwait(false);
        await original.StartAsync(new()
        {
            Path = "/bin/bash",
            Arguments = ["-c", Asker],
            Environment = new Dictionary<string, string>(),
            WorkingDirectory = "/",
            Output = new Heard(),
        }).ConfigureAwait(false);
        using var asked = await original.ApiListener.AcceptAsync(limit).ConfigureAwait(false);
        var request = new byte[256];
        var count = 0;
        while (!request.AsSpan(0, count).EndsWith("\r\n\r\n"u8))
            count += await asked.ReceiveAsync(request.AsMemory(count), limit).ConfigureAwait(false);
        using var snapshot = await original.SnapshotAsync(
            folder, Key, () => [new(asked, request.AsMemory(0, count))], limit).ConfigureAwait(false);

        var heard = new Heard();
        var clone = await NamespaceSandbox.RestoreAsync(
            snapshot, sandbox() with { Snapshotter = snapshotter }, new(), _ => heard, limit).ConfigureAwait(false);
        await using var destroyed = clone.Sandbox;
        using var connection = clone.Connections[0];
        count = await connection.ReceiveAsync(request, limit).ConfigureAwait(false);
        await connection.SendAsync("here you are\n"u8.ToArray(), limit).ConfigureAwait(false);
        await clone.Processes["/bin/bash"].Exited.WaitAsync(limit).ConfigureAwait(false);
        return count > 0 && heard.Text == "here you are\n" ? Works : $"a clone said \"{heard.Text}\"";
    }

    private sealed class Heard : IProcessOutput
    {
        private readonly StringBuilder text = new();

        internal string Text => text.ToString();

        public void Write(OutputStream stream, ReadOnlySpan<byte> bytes) => text.Append(Encoding.UTF8.GetString(bytes));
    }
}
