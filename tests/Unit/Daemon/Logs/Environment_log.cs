using System.Text;
using Thaw.Contracts;
using Thaw.Daemon.Logs;
using Thaw.Daemon.Records;
using Thaw.Testing;

namespace Thaw.UnitTests.Daemon.Logs;

public sealed class Environment_log : IDisposable
{
    private readonly LogStage stage = new();
    private readonly LogTails tails = new();
    private readonly MemoryStream watcher = new();

    public void Dispose()
    {
        stage.Dispose();
        watcher.Dispose();
    }

    [Fact]
    public async Task Has_the_platforms_lines_and_the_participants_with_whose_request_they_are()
    {
        var tail = tails.Want(new InvocationId("i1"));
        await LiveAsync(PhaseStatus.Success);
        var entries = (await new LogReader(stage.Store.Find(LogStage.Group)!).ReadAsync(new LogQuery { TellsRequests = true })).Events;
        Assert.Equal(
            ["1 EXTENSION", "1 START", "2 one", "2 two", "3 of", "1 END", "1 REPORT"],
            entries.Select(found => $"{(int)found.Source} {found.Message.Split(' ', '\t', '\n')[0]}"));
        Assert.Equal([null, "r1", "r1", "r1", "r1", "r1", "r1"], entries.Select(found => found.Request));
        Assert.Equal(string.Concat(entries.Skip(1).Select(found => found.Message)),
            Encoding.UTF8.GetString(Convert.FromBase64String(tail.ToBase64())));
    }

    [Fact]
    public async Task Shows_the_watcher_output_and_failures_only()
    {
        await LiveAsync(PhaseStatus.Success);
        Assert.Equal(["hello: one", "hello: two", "hello: of an extension"], Watched);
        await LiveAsync(PhaseStatus.Timeout);
        Assert.Equal(["hello: END RequestId: r1", "hello: REPORT RequestId: r1"], Watched[^2..].Select(line => line.Split('\t')[0]));
    }

    [Fact]
    public async Task Is_read_with_what_was_not_told_yet()
    {
        using var folder = new TemporaryFolder();
        using var batches = new EventBatches(stage.Time);
        using var store = new LogStore(new LogStoreOptions { Folder = folder.Path }, stage.Time, Assert.Fail, batches.TellAll);
        await using var watched = new FunctionLog(watcher);
        var log = new EnvironmentLog(Identity, store.Open(LogStage.Group, "one"), tails, watched);
        var time = stage.Time.GetUtcNow() - TimeSpan.FromMilliseconds(7);
        var start = new InvokeStart(new RequestId("r1"), "$LATEST", InvocationOrigin.None) { Time = time };
        new EnvironmentEvents(batches, tails, log).Emit(start);
        var found = Assert.Single((await new LogReader(store.Find(LogStage.Group)!).ReadAsync(new LogQuery())).Events);
        Assert.StartsWith("START", found.Message, StringComparison.Ordinal);
        Assert.Equal(time.ToUnixTimeMilliseconds(), found.Time);
    }

    [Fact]
    public async Task Waits_for_the_store_to_have_room()
    {
        using var full = new LogStage(new LogStoreOptions { Folder = "", RoomBytes = 30 });
        await using var watched = new FunctionLog(watcher);
        var log = new EnvironmentLog(Identity, full.Store.Open(LogStage.Group, "one"), tails, watched);
        Assert.True(log.RoomAsync().AsTask().IsCompleted);
        log.Emit(new OutputLines("runtime", "a long line"u8.ToArray()) { Time = full.Time.GetUtcNow() });
        Assert.False(log.RoomAsync().AsTask().IsCompleted);
    }

    [Fact]
    public async Task Allocates_nothing_for_the_lines_of_a_warm_invocation()
    {
        using var folder = new TemporaryFolder();
        using var store = new LogStore(new LogStoreOptions { Folder = folder.Path }, TimeProvider.System, Assert.Fail);
        await using var watched = new FunctionLog(watcher);
        var log = new EnvironmentLog(Identity, store.Open(LogStage.Group, "one"), tails, watched);
        var request = new RequestId("r1");
        LifecycleEvent[] warm =
        [
            new PhaseStarted(Phase.Invoke, false, request, new InvocationId("i1")),
            new InvokeStart(request, "$LATEST", InvocationOrigin.None),
            new RuntimeDone(request, PhaseStatus.Success, null, TimeSpan.Zero, 0, []),
            new InvokeReport(request, PhaseStatus.Success, null, new InvokeMetrics(TimeSpan.Zero, 128, 1, null, null), []),
            new PhaseEnded(Phase.Invoke, PhaseStatus.Success, null),
        ];

        // Until both buffers are as large as they get.
        long allocated = 0;
        for (var round = 0; round < 4; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var at = 0; at < 100 * warm.Length; at++)
                log.Emit(warm[at % warm.Length]);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            store.Find(LogStage.Group)!.Flush();
        }

        Assert.InRange(allocated, 0, 1_000);
    }

    private static EnvironmentIdentity Identity =>
        new(new FunctionConfiguration { Name = "hello", Handler = "h", Runtime = "provided.al2023" }, "one");

    private string[] Watched => Encoding.UTF8.GetString(watcher.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async Task LiveAsync(PhaseStatus status)
    {
        await using var watched = new FunctionLog(watcher);
        var log = new EnvironmentLog(Identity, stage.Store.Open(LogStage.Group, "one"), tails, watched);
        var request = new RequestId("r1");
        LifecycleEvent[] life =
        [
            new PhaseStarted(Phase.Init, false, null),
            new ExtensionReport("ext", "Ready", ["INVOKE"], null),
            new PhaseEnded(Phase.Init, PhaseStatus.Success, null),
            new PhaseStarted(Phase.Invoke, false, request, new InvocationId("i1")),
            new InvokeStart(request, "$LATEST", InvocationOrigin.None),
            new OutputLines(ParticipantNames.Runtime, "one\ntwo"u8.ToArray()),
            new OutputLines("ext", "of an extension"u8.ToArray()),
            new RuntimeDone(request, status, null, TimeSpan.Zero, 0, []),
            new InvokeReport(request, status, null, new InvokeMetrics(TimeSpan.Zero, 128, 1, null, null), []),
            new PhaseEnded(Phase.Invoke, status, null),
            new EnvironmentEnded(),
        ];
        foreach (var happened in life)
        {
            happened.Time = stage.Time.GetUtcNow();
            log.Emit(happened);
        }
    }
}
