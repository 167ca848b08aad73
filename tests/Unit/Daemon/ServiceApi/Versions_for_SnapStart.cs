using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Environments;
using Thaw.Environments.Snapshots;

namespace Thaw.UnitTests.Daemon.ServiceApi;

public sealed class Versions_for_SnapStart : IAsyncDisposable
{
    private static readonly VersionId One = new("f", "1");

    private readonly ServiceStage stage = new();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact]
    public async Task Are_pending_until_their_snapshot_is_taken()
    {
        var made = await PublishAsync();
        Assert.Equal(("Pending", "Creating", "PublishedVersions"), (made["State"], made["StateReasonCode"], made["SnapStart.ApplyOn"]));
        Assert.IsType<FunctionState.NotReady>(await stage.Functions.FindAsync("f", "1"));
        await stage.DeployAsync();
        Assert.Equal([new VersionId("f", "1")], stage.Snapshots.Taken);
        Assert.Equal(("Active", "On"), await ShownAsync("1"));
        var plan = Assert.IsType<FunctionState.Ready>(await stage.Functions.FindAsync("f", "1")).Plan;
        Assert.Equal(InitializationType.SnapStart, plan.InitializationType);
    }

    [Fact]
    public async Task Are_no_business_of_LATEST()
    {
        await PublishAsync();
        await stage.DeployAsync();
        Assert.Equal(("Active", "Off"), await ShownAsync("$LATEST"));
        var plan = Assert.IsType<FunctionState.Ready>(await stage.Functions.FindAsync("f", null)).Plan;
        Assert.Equal(InitializationType.OnDemand, plan.InitializationType);
    }

    [Fact]
    public async Task Are_failed_with_the_reason_when_none_can_be_taken_of_them()
    {
        stage.Snapshots.Fault = new SnapshotFailedException("it does not start") { ReasonCode = "FunctionError.RuntimeInitError" };
        await PublishAsync();
        await stage.DeployAsync();
        Assert.Equal(("Failed", "Off"), await ShownAsync("1"));
        Assert.IsType<FunctionState.Unusable>(await stage.Functions.FindAsync("f", "1"));
    }

    [Fact]
    public async Task Are_active_without_one_on_machines_that_cannot_take_any()
    {
        stage.Snapshots.Fault = new SnapshotImpossibleException("there is no CRIU");
        await PublishAsync();
        await stage.DeployAsync();
        Assert.Equal(("Active", "Off"), await ShownAsync("1"));
        Assert.Contains(stage.Notices, notice => notice.Contains("there is no CRIU", StringComparison.Ordinal));
    }

    [Fact]
    public async Task That_are_deleted_while_a_snapshot_is_taken_leave_none()
    {
        await PublishAsync();
        var deleted = new TaskCompletionSource();
        stage.Snapshots.Meanwhile = async () =>
        {
            (await stage.CallAsync("DELETE", "/2015-03-31/functions/f?Qualifier=1")).Succeeded(204);
            deleted.SetResult();
        };
        await stage.DeployAsync();
        await deleted.Task;
        await UntilAsync(() => Task.FromResult(stage.Snapshots.Forgotten.Contains(One)));
        Assert.Equal([], stage.Snapshots.All!);
    }

    [Fact]
    public async Task Are_taken_again_when_that_was_broken_off_for_no_reason_that_lasts()
    {
        await PublishAsync();
        stage.Snapshots.Meanwhile = () =>
        {
            stage.Snapshots.Meanwhile = null;
            throw new OperationCanceledException();
        };
        var deploying = stage.DeployAsync();
        while (!deploying.IsCompleted)
        {
            stage.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Assert.Equal(("Active", "On"), await ShownAsync("1"));
    }

    [Fact, Trait("Spec", "API-039")]
    public async Task Are_on_as_soon_as_the_machine_can_restore_them_and_off_when_it_cannot_any_more()
    {
        stage.Snapshots.Fault = new SnapshotImpossibleException("there is no CRIU");
        await PublishAsync();
        await stage.DeployAsync();
        var revision = (await stage.StoredAsync("f", "1"))!.RevisionId;
        await using var snapStarts = stage.NewSnapStarts();
        stage.Snapshots.TurnsOut(One, isRestored: false);
        Assert.Equal(("Active", "Off"), await ShownAsync("1"));
        stage.Snapshots.TurnsOut(One, isRestored: true);
        await UntilAsync(async () => await ShownAsync("1") == ("Active", "On"));
        Assert.NotEqual(revision, (await stage.StoredAsync("f", "1"))!.RevisionId);
        stage.Snapshots.TurnsOut(One, isRestored: false);
        await UntilAsync(async () => await ShownAsync("1") == ("Active", "Off"));
    }

    [Fact]
    public async Task Are_in_the_end_as_their_last_environment_was()
    {
        await PublishAsync();
        await stage.DeployAsync();
        await using (stage.NewSnapStarts())
        {
            for (var times = 0; times < 50; times++)
            {
                stage.Snapshots.TurnsOut(One, isRestored: true);
                stage.Snapshots.TurnsOut(One, isRestored: false);
            }
        }

        Assert.Equal(("Active", "Off"), await ShownAsync("1"));
    }

    [Fact]
    public async Task Are_off_from_the_start_of_a_daemon_that_cannot_restore_them()
    {
        await PublishAsync();
        await stage.DeployAsync();
        await using var snapStarts = stage.NewSnapStarts();
        await snapStarts.CompareWithMachineAsync();
        Assert.Equal(("Active", "On"), await ShownAsync("1"));
        stage.Snapshots.WhyNot = "there is no CRIU";
        await snapStarts.CompareWithMachineAsync();
        Assert.Equal(("Active", "Off"), await ShownAsync("1"));
    }

    [Fact]
    public async Task Have_no_snapshot_that_an_environment_wanted_just_before_they_were_deleted()
    {
        await using var snapStarts = stage.NewSnapStarts();
        stage.Snapshots.TurnsOut(One, isRestored: true);
        await UntilAsync(() => Task.FromResult(stage.Snapshots.Forgotten.Contains(One)));
    }

    [Theory]
    [InlineData(""","EphemeralStorage":{"Size":1024}""", "EphemeralStorage")]
    [InlineData(""","FileSystemConfigs":[{"Arn":"ACCESS/fsap-0123456789abcdef0","LocalMountPath":"/mnt/x"}]""", "FileSystemConfigs")]
    public async Task Have_settings_that_do_not_go_with_snapshots_refused(string more, string member)
    {
        await stage.ActiveAsync();
        more = more.Replace("ACCESS", "arn:aws:elasticfilesystem:us-east-1:000000000000:access-point", StringComparison.Ordinal);
        var refused = await stage.ConfigureAsync("f", $$"""{"SnapStart":{"ApplyOn":"PublishedVersions"}{{more}}}""");
        refused.Refused(400, "InvalidParameterValueException", member);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
            await Task.Delay(1, TestContext.Current.CancellationToken);
    }

    private async Task<ServiceReply> PublishAsync()
    {
        await stage.ActiveAsync();
        await stage.ConfigureAsync("f", """{"SnapStart":{"ApplyOn":"PublishedVersions"}}""");
        await stage.DeployAsync();
        await stage.StopDeployingAsync();
        return (await stage.CallAsync("POST", "/2015-03-31/functions/f/versions", "{}")).Succeeded(201);
    }

    private async Task<(string? State, string Optimization)> ShownAsync(string version)
    {
        var shown = (await stage.GetAsync($"/2015-03-31/functions/f/configuration?Qualifier={version}")).Succeeded();
        return (shown["State"], shown.Json.GetProperty("SnapStart").GetProperty("OptimizationStatus").GetString()!);
    }
}
