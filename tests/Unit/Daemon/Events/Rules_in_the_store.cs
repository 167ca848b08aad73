using Thaw.Daemon.Events;
using Thaw.Store;
using Thaw.Store.Memory;
using Thaw.Store.Records;

namespace Thaw.UnitTests.Daemon.Events;

public sealed class Rules_in_the_store : IAsyncDisposable
{
    private readonly MemoryStore store = new();
    private readonly RulesInStore rules;

    public Rules_in_the_store() => rules = new RulesInStore(store);

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task Are_the_usual_ones_where_nothing_was_configured()
    {
        var usual = await rules.OfAsync("f", "live", "1");
        Assert.Equal((2, TimeSpan.FromHours(6)), (usual.MaximumRetryAttempts, usual.MaximumAge));
        Assert.Equal((null, null, null), (usual.OnSuccess, usual.OnFailure, usual.DeadLetter));
    }

    [Fact, Trait("Spec", "API-089")]
    public async Task Are_read_once_and_again_after_a_change()
    {
        Assert.Same(await rules.OfAsync("f", "live", "1"), await rules.OfAsync("f", "live", "1"));
        await PutAsync("f", "live", attempts: 1);
        Assert.Equal(1, (await rules.OfAsync("f", "live", "1")).MaximumRetryAttempts);
        await PutAsync("f", "live", attempts: 0);
        Assert.Equal(0, (await rules.OfAsync("f", "live", "1")).MaximumRetryAttempts);
    }

    [Fact]
    public async Task Are_each_functions_and_each_qualifiers_own()
    {
        await PutAsync("f", "live", attempts: 0);
        Assert.Equal(0, (await rules.OfAsync("f", "live", "1")).MaximumRetryAttempts);
        Assert.Equal(2, (await rules.OfAsync("f", "$LATEST", "1")).MaximumRetryAttempts);
        Assert.Equal(2, (await rules.OfAsync("g", "live", "1")).MaximumRetryAttempts);
    }

    private Task<bool> PutAsync(string function, string qualifier, int attempts) => store.WriteAsync(view =>
    {
        view.Put(Tables.EventInvokes, new EventInvokeRecord
        {
            Function = function,
            Qualifier = qualifier,
            MaximumRetryAttempts = attempts,
            LastModified = DateTimeOffset.UnixEpoch,
        });
        return true;
    });
}
