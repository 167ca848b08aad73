using Thaw.Linux;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.SystemTests.Up;

/// <summary>Clones that are restored before anybody asks for them.</summary>
[Trait("Needs", "time")]
public sealed class Spare_clones : IAsyncDisposable
{
    private const string Python = """
        import time, uuid
        of_init = uuid.uuid4().hex
        def handler(event, context):
            time.sleep(event.get('seconds', 0))
            return of_init
        """;

    private readonly FunctionsFolder functions = new();
    private RunningDaemon? daemon;

    public async ValueTask DisposeAsync()
    {
        if (daemon is not null)
            await daemon.DisposeAsync();
        functions.Dispose();
    }

    [Fact]
    public async Task Serve_a_burst_are_replaced_outlive_the_daemon_and_end_with_their_version()
    {
        await StartAsync();
        const string Wishes = ""","SnapStart":{"ApplyOn":"PublishedVersions"},"Environment":{"Variables":{"THAW_SPARE_CLONES":"2"}}""";
        await daemon!.CreateReadyAsync("f", CreatedFunctions.Zip("app.py", Python), Wishes, "python3.12", "app.handler");
        Assert.Equal(201, (await daemon!.CallAsync(HttpMethod.Post, "/2015-03-31/functions/f/versions", "{}")).Status);
        await FrozenAsync(2);
        var spare = await IdsAsync();

        // Both are taken: a third and a fourth take their places while the callers are still at work.
        var burst = Task.WhenAll(InvokeAsync("""{"seconds":5}"""), InvokeAsync("""{"seconds":5}"""));
        await FrozenAsync(2);
        Assert.False(burst.IsCompleted);
        var answers = await burst;
        Assert.Equal(answers[0], answers[1]);
        await FrozenAsync(4);
        Assert.Superset(spare, await IdsAsync());

        daemon!.Signal(RunningDaemon.SIGTERM);
        Assert.Equal(0, await daemon.EndAsync());
        await daemon.DisposeAsync();
        await StartAsync();
        await FrozenAsync(2);
        Assert.Equal(answers[0], await InvokeAsync("{}"));
        Assert.Equal(204, (await daemon!.CallAsync(HttpMethod.Delete, "/2015-03-31/functions/f?Qualifier=1")).Status);
        await daemon.UntilAsync(async () => (await daemon.EnvironmentsAsync("f")).Length == 0, "they have ended");
    }

    private async Task StartAsync()
    {
        Assert.SkipUnless(Syscalls.geteuid() == 0, "only root makes sandboxes of namespaces");
        Assert.SkipWhen(Criu.Find() is null, $"there is no CRIU {Criu.Oldest} or later (fix: thaw doctor --fix)");
        daemon = await RunningDaemon.StartAsync(functions, "--isolation", "namespaces");
    }

    private Task FrozenAsync(int count) => daemon!.UntilAsync(
        async () => (await daemon.EnvironmentsAsync("f")).Count(one => one.GetProperty("state").GetString() == "Frozen") == count,
        $"{count} are frozen");

    private async Task<HashSet<string>> IdsAsync() =>
        [.. (await daemon!.EnvironmentsAsync("f")).Select(one => one.GetProperty("id").GetString()!)];

    private async Task<string> InvokeAsync(string json) => (await daemon!.InvokeAsync("f:1", json)).Succeeded().Text;
}
