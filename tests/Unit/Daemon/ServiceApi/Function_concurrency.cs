using Thaw.Daemon.Functions;
using Thaw.Store;

namespace Thaw.UnitTests.Daemon.ServiceApi;

public sealed class Function_concurrency : IAsyncDisposable
{
    private const string Put = "/2017-10-31/functions/f/concurrency", Get = "/2019-09-30/functions/f/concurrency";

    private readonly ServiceStage stage = new();

    public ValueTask DisposeAsync() => stage.DisposeAsync();

    [Fact, Trait("Spec", "API-116"), Trait("Spec", "API-036")]
    public async Task Is_reserved_and_given_back()
    {
        await stage.ActiveAsync(more: "\"Publish\":true");
        Assert.Equal("{}", (await stage.GetAsync(Get)).Succeeded().Json.ToString());
        Assert.Equal("7", (await ReserveAsync(7)).Succeeded()["ReservedConcurrentExecutions"]);
        Assert.Equal("7", (await stage.GetAsync(Get)).Succeeded()["ReservedConcurrentExecutions"]);
        Assert.Equal("7", (await stage.GetAsync("/2015-03-31/functions/f"))["Concurrency.ReservedConcurrentExecutions"]);
        Assert.Null((await stage.GetAsync("/2015-03-31/functions/f?Qualifier=1")).At("Concurrency"));
        (await stage.CallAsync("DELETE", Put)).Succeeded(204);
        Assert.Equal("{}", (await stage.GetAsync(Get)).Succeeded().Json.ToString());
    }

    [Fact, Trait("Spec", "API-117")]
    public async Task Leaves_others_at_least_100()
    {
        await stage.ActiveAsync();
        await stage.ActiveAsync("g");
        (await ReserveAsync(901)).Refused(400, "InvalidParameterValueException", "below its minimum value of [100]");
        (await ReserveAsync(900)).Succeeded();
        (await stage.CallAsync("PUT", "/2017-10-31/functions/g/concurrency", """{"ReservedConcurrentExecutions":1}"""))
            .Refused(400, "InvalidParameterValueException");
        (await ReserveAsync(800)).Succeeded();
        Assert.Equal(200, stage.Account.Limit);
        await stage.CallAsync("DELETE", "/2015-03-31/functions/f");
        Assert.Equal(1000, stage.Account.Limit);
    }

    [Fact]
    public async Task Is_one_limit_for_all_versions()
    {
        await stage.ActiveAsync(more: "\"Publish\":true");
        Assert.Null((await PlanAsync(null)).Reserved);
        await ReserveAsync(2);
        var limit = (await PlanAsync(null)).Reserved;
        Assert.Equal(2, limit?.Limit);
        Assert.Same(limit, (await PlanAsync("1")).Reserved);
        await ReserveAsync(0);
        Assert.Equal(0, (await PlanAsync("1")).Reserved?.Limit);
        await stage.CallAsync("DELETE", Put);
        Assert.Null((await PlanAsync("1")).Reserved);
    }

    [Fact]
    public async Task Is_not_set_back_by_a_load_that_began_before_it_changed()
    {
        await stage.ActiveAsync(more: "\"Publish\":true");
        await ReserveAsync(7);
        await ReserveAsync(0);
        var limit = (await PlanAsync(null)).Reserved;
        foreach (var before in new int?[] { null, 7 })
        {
            stage.World.Reservations.Of("f", before);
            Assert.Equal(0, limit?.Limit);
            Assert.Same(limit, (await PlanAsync("1")).Reserved);
        }
    }

    [Fact]
    public async Task Is_not_set_back_by_who_read_the_store_earlier_and_is_slow()
    {
        await stage.ActiveAsync();
        var store = new SlowStore(stage.Store);
        var earlier = stage.World.Reservations.ShareAsync(store);
        await store.HasRead.Task;
        var later = ReserveAsync(7);
        await Task.WhenAny(later, Task.Delay(5, TestContext.Current.CancellationToken));
        store.MayGoOn.SetResult();
        await earlier;
        (await later).Succeeded();
        Assert.Equal(993, stage.Account.Limit);
        Assert.Equal(7, (await PlanAsync(null)).Reserved?.Limit);
    }

    [Fact]
    public async Task Is_of_a_function_as_a_whole()
    {
        await stage.ActiveAsync();
        (await stage.CallAsync("PUT", "/2017-10-31/functions/f:1/concurrency", """{"ReservedConcurrentExecutions":1}"""))
            .Refused(400, "InvalidParameterValueException", ":1");
        (await stage.CallAsync("PUT", Put, "{}")).Refused(400, "ValidationException", "reservedConcurrentExecutions");
        (await ReserveAsync(-1)).Refused(400, "ValidationException", "greater than or equal to 0");
        (await stage.GetAsync("/2019-09-30/functions/g/concurrency")).Refused(404, "ResourceNotFoundException");
    }

    private Task<ServiceReply> ReserveAsync(int number) =>
        stage.CallAsync("PUT", Put, $$"""{"ReservedConcurrentExecutions":{{number}}}""");

    private async Task<Thaw.Environments.EnvironmentPlan> PlanAsync(string? qualifier) =>
        Assert.IsType<FunctionState.Ready>(await stage.Functions.FindAsync("f", qualifier)).Plan;

    /// <summary>Hands out what it has read when a test lets it.</summary>
    private sealed class SlowStore(IStore store) : IStore
    {
        public event Action<StoreChange>? Changed
        {
            add => store.Changed += value;
            remove => store.Changed -= value;
        }

        public TaskCompletionSource HasRead { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource MayGoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<T> ReadAsync<T>(Func<IStoreReader, T> read)
        {
            var result = await store.ReadAsync(read);
            HasRead.SetResult();
            await MayGoOn.Task;
            return result;
        }

        public Task<T> WriteAsync<T>(Func<IStoreWriter, T> change) => store.WriteAsync(change);

        public ValueTask DisposeAsync() => default;
    }
}
