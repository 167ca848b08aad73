using System.Text.Json;

namespace Thaw.SystemTests.Up;

/// <summary>Snapshots are taken, restored and deleted all at once, and the daemon is killed in the middle.</summary>
[Trait("Needs", "time")]
public sealed class Versions_with_SnapStart_among_kills : IAsyncDisposable
{
    private static readonly int Kills = Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1" ? 25 : 2;

    private readonly FunctionsFolder functions = new();
    private readonly Random random = new(11);
    private RunningDaemon? daemon;

    private RunningDaemon Daemon => daemon!;

    private string Shelf => Path.Combine(functions.Data, "snapshots");

    public async ValueTask DisposeAsync()
    {
        if (daemon is not null)
            await daemon.DisposeAsync();
        functions.Dispose();
    }

    [Fact]
    public async Task Are_made_side_by_side_and_share_no_user_ids()
    {
        await StartAsync();
        await Task.WhenAll(CreateAsync("one"), CreateAsync("two"));
        var published = await Task.WhenAll(
            Daemon.PublishAsync("one"), Daemon.PublishAsync("one"), Daemon.PublishAsync("two"), Daemon.PublishAsync("two"));
        Assert.Equal(["1", "1", "1", "1"], published);
        (await Daemon.CallAsync(
            HttpMethod.Put, $"{SnapStartCalls.Functions}/one/configuration", """{"Description":"another"}""")).Succeeded();
        await Daemon.ReadyAsync("one");
        Assert.Equal("2", await Daemon.PublishAsync("one"));
        foreach (var (name, version) in ((string, string)[])[("one", "1"), ("two", "1"), ("one", "2")])
            Assert.Equal(("Active", "On"), await Daemon.MadeAsync(name, version));
        Assert.Equal(3, FirstUsers().Distinct().Count());

        // Another daemon knows nothing of them but what lies there.
        await KillAsync();
        await CreateAsync("three");
        await Daemon.PublishedAsync("three");
        Assert.Equal(4, FirstUsers().Distinct().Count());
        var inits = await Task.WhenAll(Daemon.InitOfAsync("one", "1"), Daemon.InitOfAsync("one", "2"), Daemon.InitOfAsync("two", "1"));
        Assert.Equal(3, inits.Distinct().Count());
    }

    [Fact]
    public async Task Can_be_deleted_while_they_are_restored()
    {
        await StartAsync();
        await CreateAsync("snap");
        for (var round = 0; round < Kills; round++)
        {
            var version = await Daemon.PublishedAsync("snap");
            var invokes = Enumerable.Range(0, 6).Select(_ => Daemon.InvokeAsync($"snap:{version}")).ToArray();
            await Task.Delay(random.Next(300), TestContext.Current.CancellationToken);
            await DeleteAsync(version);
            foreach (var answer in await Task.WhenAll(invokes))
                Assert.True(answer.Status is 200 or 404, answer.ToString());
            await IsGoneAsync(version);
        }
    }

    [Fact]
    public async Task Can_be_deleted_while_their_snapshot_is_taken()
    {
        await StartAsync();
        await CreateAsync("snap");
        for (var round = 0; round < Kills * 2; round++)
        {
            var version = await Daemon.PublishAsync("snap");
            await Task.Delay(random.Next(800), TestContext.Current.CancellationToken);
            await DeleteAsync(version);
            await IsGoneAsync(version);
        }

        Assert.NotEmpty(await Daemon.InitOfAsync("snap", await Daemon.PublishedAsync("snap")));
        Assert.Single(Directory.GetDirectories(Path.Combine(Shelf, "snap")));
    }

    [Fact]
    public async Task Are_made_by_the_next_daemon_when_one_is_killed_in_the_dump()
    {
        await StartAsync();
        var mounts = await MountsAsync();
        await CreateAsync("snap");
        await Daemon.PublishedAsync("snap");
        for (var kill = 0; kill < Kills; kill++)
        {
            await DeleteAsync((kill + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
            var version = await Daemon.PublishAsync("snap");
            await Daemon.UntilAsync(
                () => Directory.GetDirectories(Shelf, "*.unfinished", SearchOption.AllDirectories).Length > 0, "it is being written down");
            await Task.Delay(random.Next(150), TestContext.Current.CancellationToken);
            await KillAsync();
            Assert.Equal(("Active", "On"), await Daemon.MadeAsync("snap", version));
            Assert.Equal(await Daemon.InitOfAsync("snap", version), await Daemon.InitOfAsync("snap", version));
            Assert.Equal([version], Directory.GetDirectories(Path.Combine(Shelf, "snap")).Select(Path.GetFileName));
            Assert.Single(Directory.GetDirectories(Shelf, "memory*", SearchOption.AllDirectories));
            Assert.Equal(mounts, await MountsAsync());
        }
    }

    [Fact]
    public async Task Are_restored_by_the_next_daemon_when_one_is_killed_in_the_restore()
    {
        await StartAsync();
        var mounts = await MountsAsync();
        await CreateAsync("snap");
        var version = await Daemon.PublishedAsync("snap");
        var init = await Daemon.InitOfAsync("snap", version);
        for (var kill = 0; kill < Kills; kill++)
        {
            var lost = Enumerable.Range(0, 5).Select(_ => LostAsync(Daemon.InvokeAsync($"snap:{version}", """{"seconds":1}"""))).ToArray();
            await Task.Delay(random.Next(400), TestContext.Current.CancellationToken);
            await KillAsync();
            await Task.WhenAll(lost);
            Assert.Equal(init, await Daemon.InitOfAsync("snap", version));
            Assert.Equal(mounts, await MountsAsync());
        }

        Assert.Equal([version], Directory.GetDirectories(Path.Combine(Shelf, "snap")).Select(Path.GetFileName));
    }

    private static async Task LostAsync(Task<Answer> answer)
    {
        try
        {
            await answer;
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Its daemon is dead.
        }
    }

    // But for those of other tests, which have folders like ours.
    private async Task<string[]> MountsAsync() =>
        [.. (await File.ReadAllLinesAsync("/proc/self/mountinfo", TestContext.Current.CancellationToken)).Where(line =>
            line.Contains(functions.Data, StringComparison.Ordinal) || !line.Contains("/thaw-", StringComparison.Ordinal))];

    private async Task StartAsync()
    {
        SnapStartCalls.SkipWithoutSnapshots();
        daemon = await RunningDaemon.StartAsync(functions, "--isolation", "namespaces");
    }

    /// <summary>Kills the daemon and starts another, which leaves nothing of the old one.</summary>
    private async Task KillAsync()
    {
        var killed = Daemon;
        killed.Signal(Linux.Syscalls.SIGKILL);
        await killed.AwaitEndAsync();
        await StartAsync();
        await killed.AwaitClearanceByTheNextAsync();
        await killed.DisposeAsync();
    }

    private Task CreateAsync(string name) => Daemon.CreateForSnapshotsAsync(name, functions.Mark);

    private async Task DeleteAsync(string version) => Assert.Equal(
        204, (await Daemon.CallAsync(HttpMethod.Delete, $"{SnapStartCalls.Functions}/snap?Qualifier={version}")).Status);

    // At once, for a daemon that takes or restores one; not at its next start.
    private async Task IsGoneAsync(string version)
    {
        await Daemon.UntilAsync(async () => (await Daemon.EnvironmentsAsync("snap")).Length == 0, "its environments have ended");
        var folder = Path.Combine(Shelf, "snap");
        await Daemon.UntilAsync(
            () => !Directory.Exists(folder) || !Directory.EnumerateDirectories(folder, $"{version}*").Any(), "its snapshot is gone");
    }

    private IEnumerable<uint> FirstUsers() => Directory.EnumerateFiles(Shelf, "manifest.json", SearchOption.AllDirectories)
        .Select(file => JsonDocument.Parse(File.ReadAllBytes(file)).RootElement.GetProperty("firstUser").GetUInt32());
}
