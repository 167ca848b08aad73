using Thaw.Daemon.Functions;
using Thaw.Environments;
using Thaw.Environments.Snapshots;

namespace Thaw.UnitTests.Daemon.ServiceApi;

public sealed class Versions_that_nobody_invokes : IAsyncDisposable
{
    private static readonly VersionId One = new("f", "1");

    private readonly ServiceStage stage = new();
    private SnapStartVersions? snapStarts;

    public async ValueTask DisposeAsync()
    {
        await stage.DisposeAsync();
        if (snapStarts is not null)
            await snapStarts.DisposeAsync();
    }

    [Fact]
    public async Task Are_inactive_after_fourteen_days_and_have_no_snapshot()
    {
        await PublishAsync();
        await PassAsync(days: 13);
        Assert.Equal(("Active", null), await ShownAsync());
        await PassAsync(days: 2);
        Assert.Equal(("Inactive", "Idle"), await ShownAsync());
        Assert.Equal([One], stage.Snapshots.Forgotten);
        Assert.Equal([One], stage.SentToSleep);
        Assert.Equal(new FunctionState.Asleep(One), await stage.Functions.FindAsync("f", "1"));
        await PassAsync(days: 20);
        Assert.Equal([One], stage.SentToSleep);
    }

    [Fact]
    public async Task Come_back_with_another_snapshot_when_somebody_wakes_them()
    {
        await PublishAsync();
        await PassAsync(days: 15);
        await stage.StopDeployingAsync();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => snapStarts!.WakeAsync(One)));
        Assert.Equal(("Pending", "Restoring"), await ShownAsync());
        Assert.Equal(new FunctionState.Asleep(One), await stage.Functions.FindAsync("f", "1"));
        await stage.DeployAsync();
        Assert.Equal(("Active", null), await ShownAsync());
        Assert.Equal([One, One], stage.Snapshots.Taken);
        Assert.IsType<FunctionState.Ready>(await stage.Functions.FindAsync("f", "1"));
        await PassAsync(days: 13);
        Assert.Equal(("Active", null), await ShownAsync());
    }

    [Fact]
    public async Task Stay_inactive_with_the_reason_when_none_can_be_taken_and_are_tried_again()
    {
        await PublishAsync();
        await PassAsync(days: 15);
        stage.Snapshots.Fault = new SnapshotFailedException("the disk is full");
        await snapStarts!.WakeAsync(One);
        await stage.DeployAsync();
        Assert.Equal(("Inactive", "InternalError"), await ShownAsync());
        Assert.Equal("the disk is full", (await stage.StoredAsync("f", "1"))!.StateReason);
        stage.Snapshots.Fault = null;
        await snapStarts.WakeAsync(One);
        await stage.DeployAsync();
        Assert.Equal(("Active", null), await ShownAsync());
    }

    [Fact]
    public async Task Are_others_than_those_that_somebody_does()
    {
        await PublishAsync();
        for (var day = 0; day < 30; day++)
        {
            if (day % 13 == 0)
                stage.Metrics.Of(One).Duration.Add(TimeSpan.FromSeconds(1));
            await PassAsync(days: 1);
        }

        Assert.Equal(("Active", null), await ShownAsync());
        stage.Metrics.Of(One).Began();
        await PassAsync(days: 15);
        Assert.Equal(("Active", null), await ShownAsync());
    }

    [Fact]
    public async Task Are_remembered_from_one_daemon_to_the_next()
    {
        await PublishAsync();
        await PassAsync(days: 10);
        stage.Metrics.Of(One).Duration.Add(TimeSpan.FromSeconds(1));
        await PassAsync(days: 0);
        for (var restart = 0; restart < 13; restart++)
        {
            snapStarts = stage.NewSnapStarts();
            await PassAsync(days: 1);
            Assert.Equal("Active", (await ShownAsync()).State);
        }

        snapStarts = stage.NewSnapStarts();
        await PassAsync(days: 2);
        Assert.Equal("Inactive", (await ShownAsync()).State);
    }

    [Fact]
    public async Task Cost_a_write_a_day_at_most()
    {
        await PublishAsync();
        var writes = 0;
        stage.Store.Changed += _ => writes++;
        for (var look = 0; look < 24 * 6; look++)
        {
            stage.Metrics.Of(One).Duration.Add(TimeSpan.FromSeconds(1));
            stage.Time.Advance(TimeSpan.FromMinutes(10));
            await snapStarts!.LookAsync();
        }

        Assert.Equal(1, writes);
    }

    [Fact]
    public async Task Are_given_their_time_when_an_older_daemon_has_written_nothing_down()
    {
        await PublishAsync();
        var version = (await stage.StoredAsync("f", "1"))!;
        await stage.Store.WriteAsync(view =>
        {
            view.Put(Thaw.Store.Tables.Versions, version with { UsedUntil = null });
            return true;
        });
        await PassAsync(days: 20);
        Assert.Equal("Active", (await ShownAsync()).State);
        await PassAsync(days: 15);
        Assert.Equal("Inactive", (await ShownAsync()).State);
    }

    private async Task PublishAsync()
    {
        await stage.ActiveAsync();
        await stage.ConfigureAsync("f", """{"SnapStart":{"ApplyOn":"PublishedVersions"}}""");
        await stage.DeployAsync();
        (await stage.CallAsync("POST", "/2015-03-31/functions/f/versions", "{}")).Succeeded(201);
        await stage.DeployAsync();
        snapStarts = stage.NewSnapStarts();
        await snapStarts.LookAsync();
    }

    private async Task PassAsync(int days)
    {
        stage.Time.Advance(TimeSpan.FromDays(days));
        await snapStarts!.LookAsync();
    }

    private async Task<(string? State, string? Code)> ShownAsync()
    {
        var shown = (await stage.GetAsync("/2015-03-31/functions/f/configuration?Qualifier=1")).Succeeded();
        return (shown["State"], shown.Json.TryGetProperty("StateReasonCode", out var code) ? code.GetString() : null);
    }
}
