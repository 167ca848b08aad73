using System.Collections.Concurrent;
using Thaw.Contracts;
using Thaw.Daemon.Functions;
using Thaw.Environments;
using Thaw.Environments.Pool;
using Thaw.Lifecycle;
using Thaw.UnitTests.Daemon.ServiceApi;

namespace Thaw.UnitTests.Daemon.Functions;

/// <summary>Versions that ask for environments ahead of any invocation, and the pool that hears of them.</summary>
public sealed class Spare_clones_of_versions : IAsyncDisposable
{
    private readonly ServiceStage stage = new();
    private readonly QuickEnvironments environments = new();
    private readonly EnvironmentPool pool;
    private SpareClones? keeper;

    public Spare_clones_of_versions() => pool = new EnvironmentPool(new PoolSettings(), environments, stage.Time);

    public async ValueTask DisposeAsync()
    {
        if (keeper is not null)
            await keeper.DisposeAsync();
        await pool.DisposeAsync();
        await stage.DisposeAsync();
    }

    [Fact]
    public async Task Are_made_when_the_version_is_active_and_not_before()
    {
        Start();
        await PublishAsync("2");
        await UntilAsync(() => environments.Living.Count == 2);
        Assert.All(environments.Made, plan => Assert.Equal(("f", "1"), (plan.Function.Name, plan.Function.Version)));
        Assert.All(environments.Made, plan => Assert.Equal(InitializationType.SnapStart, plan.InitializationType));
    }

    [Fact]
    public async Task Are_made_when_the_daemon_starts()
    {
        await PublishAsync("1");
        Start();
        await UntilAsync(() => environments.Living.Count == 1);
    }

    [Fact]
    public async Task End_with_their_version()
    {
        Start();
        await PublishAsync("1");
        await UntilAsync(() => environments.Living.Count == 1);
        (await stage.CallAsync("DELETE", "/2015-03-31/functions/f?Qualifier=1")).Succeeded(204);
        await UntilAsync(() => environments.Living.IsEmpty);
    }

    [Theory, InlineData("many"), InlineData("-1"), InlineData("101"), InlineData("")]
    public async Task Are_none_when_it_says_no_number_of_them_and_somebody_is_told(string said)
    {
        Start();
        await PublishAsync(said);
        await UntilAsync(() => stage.Notices.Exists(notice => notice.Contains("from 0 to 100", StringComparison.Ordinal)));
        Assert.Empty(environments.Made);
    }

    [Fact]
    public async Task Are_nothing_for_functions_without_SnapStart()
    {
        await stage.ActiveAsync("f", Variables("3"));
        Start();
        await PublishAsync("1", "other");
        await UntilAsync(() => environments.Living.Count == 1);
        Assert.Equal("other", Assert.Single(environments.Made).Function.Name);
    }

    private static string Variables(string said) => $$$"""
        "Environment":{"Variables":{"{{{SpareClones.Variable}}}":"{{{said}}}"}}
        """;

    private void Start()
    {
        keeper = new SpareClones(stage.Store, stage.Plans, pool, stage.Time, stage.Notices.Add);
        keeper.Start();
    }

    private async Task PublishAsync(string said, string name = "f")
    {
        await stage.ActiveAsync(name, Variables(said) + ""","SnapStart":{"ApplyOn":"PublishedVersions"}""");
        await stage.StopDeployingAsync();
        (await stage.CallAsync("POST", $"/2015-03-31/functions/{name}/versions", "{}")).Succeeded(201);
        Assert.DoesNotContain(environments.Made, plan => plan.Function.Name == name);
        await stage.DeployAsync();
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var waited = 0; !condition(); waited++)
        {
            Assert.True(waited < 10_000, "waited in vain");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    private sealed class QuickEnvironments : IEnvironmentFactory
    {
        public ConcurrentQueue<EnvironmentPlan> Made { get; } = new();

        public ConcurrentDictionary<IEnvironment, bool> Living { get; } = new();

        public Task<IEnvironment> CreateAsync(EnvironmentPlan plan)
        {
            var made = new QuickEnvironment(this);
            Made.Enqueue(plan);
            Living[made] = true;
            return Task.FromResult<IEnvironment>(made);
        }
    }

    private sealed class QuickEnvironment(QuickEnvironments all) : IEnvironment
    {
        public bool IsBroken => false;

        public Task<PhaseOutcome> GetReadyAsync() => Task.FromResult(PhaseOutcome.Success);

        public Task<PhaseOutcome> InvokeAsync(Invocation invocation) => throw new NotSupportedException();

        public Task<bool> ShutdownAsync(ShutdownReason reason) => Task.FromResult(true);

        public ValueTask DisposeAsync()
        {
            all.Living.TryRemove(this, out _);
            return default;
        }
    }
}
