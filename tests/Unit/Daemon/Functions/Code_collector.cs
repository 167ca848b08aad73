using Thaw.Daemon.Functions;
using Thaw.UnitTests.Daemon.ServiceApi;

namespace Thaw.UnitTests.Daemon.Functions;

public sealed class Code_collector : IAsyncDisposable
{
    private readonly ServiceStage stage = new();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact]
    public async Task Removes_what_nobody_uses_when_the_daemon_starts_and_what_nobody_can_be_running_later()
    {
        var (gone, kept, later) = (await AddedAsync("gone"), await AddedAsync("kept"), await AddedAsync("later"));
        await stage.CallAsync("DELETE", "/2015-03-31/functions/gone");
        await using var collector = new CodeCollector(stage.Archive, stage.Store, stage.Time, stage.Notices.Add);
        collector.Start();
        await UntilAsync(() => stage.Archive.ZipOf(gone) is null);
        Assert.NotNull(stage.Archive.ZipOf(kept));

        await stage.CallAsync("DELETE", "/2015-03-31/functions/later");
        for (var minutes = 0; minutes < 20; minutes += 10)
        {
            await UntilAsync(() => true);
            stage.Time.Advance(TimeSpan.FromMinutes(10));
            Assert.NotNull(stage.Archive.ZipOf(later));
        }

        await UntilAsync(() =>
        {
            stage.Time.Advance(TimeSpan.FromMinutes(10));
            return stage.Archive.ZipOf(later) is null;
        });
        Assert.NotNull(stage.Archive.ZipOf(kept));
        Assert.Empty(stage.Notices);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        do
            await Task.Delay(5, TestContext.Current.CancellationToken);
        while (!condition());
    }

    private async Task<Thaw.Store.Records.CodeReference> AddedAsync(string name)
    {
        await stage.ActiveAsync(name, zip: ServiceStage.Zip(name));
        return (await stage.StoredAsync(name))!.Deployment.Code;
    }
}
