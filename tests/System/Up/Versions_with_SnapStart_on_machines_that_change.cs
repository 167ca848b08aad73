namespace Thaw.SystemTests.Up;

[Trait("Needs", "time")]
public sealed class Versions_with_SnapStart_on_machines_that_change
{
    [Fact]
    public async Task Are_on_when_snapshots_can_be_had_and_off_when_not()
    {
        SnapStartCalls.SkipWithoutSnapshots();
        using var functions = new FunctionsFolder();
        await using (var without = await StartAsync(functions, "process"))
        {
            await without.CreateForSnapshotsAsync("snap", functions.Mark);
            Assert.Equal(("Active", "Off"), await without.MadeAsync("snap", await without.PublishAsync("snap")));
            Assert.Equal("1", (await without.InvokeAsync("snap:1")).Succeeded().Json.GetProperty("version").GetString());
        }

        await using (var with = await StartAsync(functions, "namespaces"))
        {
            var ofItsOwn = await with.InitOfAsync("snap", "1");
            await with.UntilAsync(async () => await IsAsync(with, "On"), "a snapshot is taken behind the first environment");
            var inits = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => with.InitOfAsync("snap", "1", """{"seconds":2}""")));
            Assert.Single(inits.Where(init => init != ofItsOwn).Distinct());
        }

        await using (var without = await StartAsync(functions, "process"))
        {
            await without.UntilAsync(async () => await IsAsync(without, "Off"), "it says so without an invoke");
            Assert.NotEmpty(await without.InitOfAsync("snap", "1"));
        }

        await using var again = await StartAsync(functions, "namespaces");
        Assert.NotEmpty(await again.InitOfAsync("snap", "1"));
        await again.UntilAsync(async () => await IsAsync(again, "On"), "it is restored");
    }

    // Drivers of WSL's lie there, and libraries that a container is lent.
    [Fact]
    public async Task Are_restored_where_something_is_mounted_below_what_functions_see()
    {
        SnapStartCalls.SkipWithoutSnapshots();
        using var functions = new FunctionsFolder();
        const string Mounts = "mount -t tmpfs none /usr/share/man && touch /usr/share/man/file && "
            + "mount --bind /etc/hostname /usr/share/man/file && exec \"$@\"";
        await using var daemon = await RunningDaemon.StartUnderAsync(
            ["unshare", "--mount", "sh", "-c", Mounts, "sh"], functions, "--isolation", "namespaces");

        await daemon.CreateForSnapshotsAsync("snap", functions.Mark);
        await daemon.PublishedAsync("snap");
        var inits = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => daemon.InitOfAsync("snap", "1", """{"seconds":1}""")));
        Assert.Single(inits.Distinct());
    }

    private static Task<RunningDaemon> StartAsync(FunctionsFolder functions, string isolation) =>
        RunningDaemon.StartAsync(functions, "--isolation", isolation);

    private static async Task<bool> IsAsync(RunningDaemon daemon, string optimization) =>
        (await daemon.ShownAsync("snap", "1")).GetProperty("SnapStart").GetProperty("OptimizationStatus").GetString() == optimization;
}
