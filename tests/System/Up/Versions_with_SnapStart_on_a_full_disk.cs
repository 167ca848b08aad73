namespace Thaw.SystemTests.Up;

public sealed class Versions_with_SnapStart_on_a_full_disk
{
    // The daemon and sandboxes that wait need some of it; the function holds more than there is.
    private const int DiskMegabytes = 96, HeldMegabytes = 150;

    [Fact]
    public async Task Are_failed_with_the_reason_and_leave_no_half_snapshot()
    {
        SnapStartCalls.SkipWithoutSnapshots();
        using var functions = new FunctionsFolder();
        var disk = new SmallDisk(functions, DiskMegabytes);
        await using var daemon = await RunningDaemon.StartAsync(disk, functions, "--isolation", "namespaces");
        await daemon.CreateForSnapshotsAsync("snap", functions.Mark, HeldMegabytes);
        Assert.Equal(("Failed", "Off"), await daemon.MadeAsync("snap", await daemon.PublishAsync("snap")));
        var shown = await daemon.ShownAsync("snap", "1");
        Assert.Contains("no room is left on the disk of", shown.GetProperty("StateReason").GetString(), StringComparison.Ordinal);
        Assert.Equal("InternalError", shown.GetProperty("StateReasonCode").GetString());
        Assert.Empty(Snapshots(disk.DataOf(daemon)));
        Assert.Empty(await daemon.EnvironmentsAsync("snap"));

        // There is room for others, and for this one when it needs less.
        Assert.NotEmpty((await daemon.InvokeAsync("snap")).Succeeded().Text);
        Assert.Equal(204, (await daemon.CallAsync(HttpMethod.Delete, $"{SnapStartCalls.Functions}/snap?Qualifier=1")).Status);
        (await daemon.CallAsync(HttpMethod.Put, $"{SnapStartCalls.Functions}/snap/configuration", """{"Environment":{"Variables":{}}}"""))
            .Succeeded();
        await daemon.ReadyAsync("snap");
        var version = await daemon.PublishedAsync("snap");
        Assert.Equal(await daemon.InitOfAsync("snap", version), await daemon.InitOfAsync("snap", version));
        Assert.Single(Snapshots(disk.DataOf(daemon)));
    }

    private static IEnumerable<string> Snapshots(string data) =>
        Directory.EnumerateDirectories(Path.Combine(data, "snapshots"), "memory*", SearchOption.AllDirectories);
}
