using System.Diagnostics;
using Thaw.Linux;
using Thaw.Sandboxing.Snapshots;
using Thaw.SystemTests.Runs;
using Thaw.Testing;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing.Snapshots;

[Trait("Needs", "time")]
public sealed class Daemon_that_is_killed_among_snapshots
{
    private readonly Random random = new(7);

    [Theory]
    [InlineData("dump")]
    [InlineData("restore")]
    public async Task Leaves_no_process_and_no_half_snapshot(string when)
    {
        var criu = await CriuFolderAsync();
        for (var kill = 0; kill < (Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1" ? 40 : 4); kill++)
        {
            using var folder = new TemporaryFolder();
            var snapshots = Path.Combine(folder.Path, "snapshots");
            Directory.CreateDirectory(snapshots);
            var mark = $"THAW_TEST_MARK_{Guid.NewGuid():n}";
            var mounts = await File.ReadAllTextAsync("/proc/self/mountinfo", TestContext.Current.CancellationToken);
            using var daemon = Start(folder.Path, criu, mark);
            string? line;
            do
                line = await daemon.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().InTimeAsync();
            while (line is not null && line != when);
            Assert.NotNull(line);
            await Task.Delay(random.Next(150), TestContext.Current.CancellationToken);
            var all = ProcessTree.DescendantsOf(daemon.Id);
            daemon.Kill();
            await daemon.WaitForExitAsync(TestContext.Current.CancellationToken).InTimeAsync();

            await EventuallyAsync(() => !all.Any(IsAlive) && !MarkedProcesses.With(mark).Any(), "all are gone");
            Assert.Equal(mounts, await File.ReadAllTextAsync("/proc/self/mountinfo", TestContext.Current.CancellationToken));
            Snapshot.Sweep(snapshots);
            Assert.All(Directory.GetDirectories(snapshots), whole => Assert.True(File.Exists(Path.Combine(whole, "manifest.json"))));
        }
    }

    private static async Task<string> CriuFolderAsync()
    {
        await using var words = await new SnapshotWords().StartAsync();
        return words.Snapshotter.Options.CriuFolder;
    }

    private static Process Start(string folder, string criu, string mark)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "Thaw.DoomedDaemon.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", assembly, "snapshots", folder, criu, mark]) { RedirectStandardOutput = true };
        return Process.Start(start)!;
    }
}
