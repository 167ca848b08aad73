namespace Thaw.SystemTests.Up;

[Trait("Needs", "time")]
public sealed class Versions_with_SnapStart_on_a_full_disk
{
    // Sandboxes are made only while there is a gigabyte.
    private const int DiskMegabytes = 1200, LeftMegabytes = 40, HeldMegabytes = 100;

    [Fact]
    public async Task Are_failed_with_the_reason_and_made_when_there_is_room()
    {
        SnapStartCalls.SkipWithoutSnapshots();
        using var functions = new FunctionsFolder();
        var disk = new SmallDisk(functions, DiskMegabytes);
        await using var daemon = await RunningDaemon.StartAsync(disk, functions, "--isolation", "namespaces");
        await daemon.CreateForSnapshotsAsync("snap", functions.Mark, HeldMegabytes, initSeconds: 3);
        var version = await daemon.PublishAsync("snap");
        await daemon.UntilAsync(async () => (await daemon.EnvironmentsAsync("snap")).Length == 1, "it initialises");
        var others = Path.Combine(disk.DataOf(daemon), "others");
        Fill(others);

        Assert.Equal(("Failed", "Off"), await daemon.MadeAsync("snap", version));
        var shown = await daemon.ShownAsync("snap", version);
        Assert.Contains("no room is left on the disk of", shown.GetProperty("StateReason").GetString(), StringComparison.Ordinal);
        Assert.Equal("InternalError", shown.GetProperty("StateReasonCode").GetString());
        Assert.Empty(Snapshots(disk.DataOf(daemon)));
        await daemon.UntilAsync(async () => (await daemon.EnvironmentsAsync("snap")).Length == 0, "the original has ended");

        // As the reason says.
        File.Delete(others);
        Assert.Equal(204, (await daemon.CallAsync(HttpMethod.Delete, $"{SnapStartCalls.Functions}/snap?Qualifier={version}")).Status);
        version = await daemon.PublishedAsync("snap");
        Assert.Equal(await daemon.InitOfAsync("snap", version), await daemon.InitOfAsync("snap", version));
        Assert.Single(Snapshots(disk.DataOf(daemon)));
    }

    private static void Fill(string file)
    {
        var free = new DriveInfo(Path.GetDirectoryName(file)!).AvailableFreeSpace;
        using var filling = File.OpenHandle(
            file, FileMode.CreateNew, FileAccess.Write, preallocationSize: free - (LeftMegabytes * 1024L * 1024));
    }

    private static IEnumerable<string> Snapshots(string data) =>
        Directory.EnumerateDirectories(Path.Combine(data, "snapshots"), "memory*", SearchOption.AllDirectories);
}
