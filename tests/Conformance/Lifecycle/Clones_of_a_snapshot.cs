using Thaw.Contracts;
using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;
using Thaw.Testing;

namespace Thaw.ConformanceTests.Lifecycle;

public class Clones_of_a_snapshot
{
    private readonly Stage original = NewStage();
    private readonly Stage clone = NewStage();

    [Fact, Trait("Spec", "ENV-121")]
    public async Task Run_their_hooks_first_and_then_serve()
    {
        var snapshot = await TakeAsync();
        Assert.True(snapshot.Parked.RuntimeAwaitsRestore);
        var restore = clone.Lifecycle.RestoreAsync(snapshot);
        Assert.False(restore.IsCompleted);
        _ = clone.RuntimeNext();
        Assert.True((await restore).IsSuccess);

        var invocation = clone.NewInvocation();
        var invoke = clone.Lifecycle.InvokeAsync(invocation);
        await clone.RespondAndNext(invocation);
        _ = clone.Extensions.NextAsync(Identifier(snapshot), CancellationToken.None);
        Assert.True((await invoke).IsSuccess);
        Assert.DoesNotContain(clone.Processes.Log, line => line.StartsWith("start", StringComparison.Ordinal));
    }

    [Fact, Trait("Spec", "ENV-124")]
    public async Task Serve_at_once_when_the_runtime_knows_nothing_of_snapshots()
    {
        var snapshot = await TakeAsync(awaitsRestore: false);
        Assert.False(snapshot.Parked.RuntimeAwaitsRestore);
        Assert.True((await clone.Lifecycle.RestoreAsync(snapshot)).IsSuccess);
    }

    [Fact, Trait("Spec", "ENV-043")]
    public async Task Have_the_time_of_their_memory_in_the_whole_but_not_in_what_is_billed()
    {
        var snapshot = await TakeAsync(took: TimeSpan.FromMilliseconds(60));
        var restore = clone.Lifecycle.RestoreAsync(snapshot);
        clone.Advance(15);
        _ = clone.RuntimeNext();
        await restore;
        var report = clone.Events.Of<RestoreReport>().Single();
        Assert.Equal((75, 15), (report.Duration.TotalMilliseconds, report.BilledDuration.TotalMilliseconds));
        Assert.Equal(TimeSpan.FromMilliseconds(75), report.Time - clone.Events.Of<RestoreStart>().Single().Time);
    }

    [Fact, Trait("Spec", "ENV-044")]
    public async Task Have_ten_seconds_for_memory_and_hooks_together()
    {
        var snapshot = await TakeAsync(took: TimeSpan.FromSeconds(4));
        var restore = clone.Lifecycle.RestoreAsync(snapshot);
        clone.Advance(5_999);
        Assert.False(restore.IsCompleted);
        clone.Advance(1);
        Assert.Equal(ErrorType.RuntimeRestoreHookUserTimeout, Assert.IsType<PhaseOutcome.Failed>(await restore).ErrorType);
    }

    [Fact]
    public async Task Keep_the_identifier_the_events_and_the_subscription_of_an_extension()
    {
        var snapshot = await TakeAsync();
        var restore = clone.Lifecycle.RestoreAsync(snapshot);
        _ = clone.RuntimeNext();
        await restore;
        Assert.Equal(original.IdentifierOf("logger"), Identifier(snapshot));
        Assert.Equal(["INVOKE", "SHUTDOWN"], snapshot.Parked.Extensions[0].Events.Select(type => type.ToWireName()));
        Assert.Equal(["logger"], clone.Events.Of<TelemetrySubscribed>().Select(each => each.Name));
    }

    [Fact]
    public async Task Fail_when_a_process_did_not_come_back()
    {
        var snapshot = await TakeAsync();
        snapshot.Lost.Add("logger");
        Assert.Equal(ErrorType.SandboxFailure, Assert.IsType<PhaseOutcome.Failed>(await clone.Lifecycle.RestoreAsync(snapshot)).ErrorType);
    }

    [Fact]
    public async Task Notice_a_restored_process_that_exits()
    {
        var snapshot = await TakeAsync();
        var restore = clone.Lifecycle.RestoreAsync(snapshot);
        clone.Processes.Exit("runtime", ProcessExit.WithStatus(65));
        Assert.Equal(ErrorType.RuntimeExitError, Assert.IsType<PhaseOutcome.Failed>(await restore).ErrorType);
    }

    [Fact]
    public async Task Cannot_take_the_place_of_processes_that_have_started()
    {
        var snapshot = await TakeAsync();
        Assert.IsType<PhaseOutcome.Failed>(await original.Lifecycle.RestoreAsync(snapshot));
    }

    [Fact]
    public async Task Are_refused_while_anybody_is_not_parked()
    {
        Assert.Null(await original.Lifecycle.ParkAsync());
        await TakeAsync(awaitsRestore: false);
        _ = original.Lifecycle.InvokeAsync(original.NewInvocation());
        Assert.Null(await original.Lifecycle.ParkAsync());
    }

    [Fact]
    public async Task Are_refused_when_a_parked_client_has_hung_up()
    {
        using var client = new CancellationTokenSource();
        await InitAsync(awaitsRestore: true, client.Token);
        Assert.NotNull(await original.Lifecycle.ParkAsync());
        await client.CancelAsync();
        Assert.Null(await original.Lifecycle.ParkAsync());
    }

    private static Stage NewStage() => new(["logger"], InitializationType.SnapStart);

    private static Guid Identifier(FakeSnapshot snapshot) => snapshot.Parked.Extensions[0].Identifier;

    private async Task<FakeSnapshot> TakeAsync(bool awaitsRestore = true, TimeSpan took = default)
    {
        await InitAsync(awaitsRestore, CancellationToken.None);
        var parked = (await original.Lifecycle.ParkAsync())!;
        return new FakeSnapshot(parked, clone.Processes, Reconnect) { Took = took };

        void Reconnect()
        {
            Park(clone, awaitsRestore, CancellationToken.None);
            _ = clone.Extensions.NextAsync(parked.Extensions[0].Identifier, CancellationToken.None);
        }
    }

    private async Task InitAsync(bool awaitsRestore, CancellationToken hungUp)
    {
        var init = original.Lifecycle.InitAsync();
        await original.Register("logger", "INVOKE", "SHUTDOWN");
        var buffering = new Buffering(1_000, 262_144, TimeSpan.FromSeconds(1));
        var subscription = new TelemetrySubscription(
            TelemetrySchema.Telemetry20221213, ["platform"], buffering, new Destination.Tcp(8080));
        await original.Extensions.SubscribeAsync(original.IdentifierOf("logger"), subscription);
        _ = original.ExtensionNext("logger");
        Park(original, awaitsRestore, hungUp);
        Assert.True((await init).IsSuccess);
    }

    private static void Park(Stage stage, bool awaitsRestore, CancellationToken hungUp) =>
        _ = awaitsRestore ? stage.Runtime.RestoreNextAsync(hungUp) : (Task)stage.Runtime.NextAsync(hungUp);
}
