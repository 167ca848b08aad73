using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Thaw.Environments.Pool;
using Thaw.Store;

namespace Thaw.Daemon.Functions;

/// <summary>
/// What functions have reserved of the account's concurrency: each such function has a limit of its own, and all others share the rest;
/// spec (service) 13.2.
/// </summary>
/// <remarks>
/// Limits are set from what the store has now, one setting after the other, and by nobody else: a load of a function may have begun before
/// the last change, and must not bring back what was then.
/// </remarks>
/// <param name="total">Of the account.</param>
/// <param name="shared">For the functions that have reserved nothing.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle.")]
internal sealed class ReservedConcurrency(int total, ConcurrencyLimiter shared)
{
    private readonly ConcurrentDictionary<string, ConcurrencyLimiter> limiters = new();
    private readonly SemaphoreSlim turn = new(1);

    /// <summary>The limit of a function's own; null when it has reserved nothing.</summary>
    /// <param name="reserved">As a load has read it; a limit that is set already stays as it is.</param>
    public ConcurrencyLimiter? Of(string function, int? reserved) => reserved is { } limit ? LimiterOf(function, limit) : null;

    /// <summary>Writes what changes a reservation, and limits by it.</summary>
    public Task ChangeAsync(IStore store, Action<IStoreWriter> change) => InTurnAsync(async () =>
    {
        await store.WriteAsync(view =>
        {
            change(view);
            return true;
        });
        await LimitAsync(store);
    });

    /// <summary>Limits each function to what it has reserved in the store, and leaves the others the rest.</summary>
    public Task ShareAsync(IStore store) => InTurnAsync(() => LimitAsync(store));

    /// <summary>By all functions together.</summary>
    public static int Reserved(IStoreReader view) => view.List(Tables.Functions, "").Sum(function => function.ReservedConcurrency ?? 0);

    private ConcurrencyLimiter LimiterOf(string function, int limit) =>
        limiters.GetOrAdd(function, static (_, first) => new ConcurrencyLimiter(first), limit);

    private async Task LimitAsync(IStore store)
    {
        var reserved = await store.ReadAsync(view => view.List(Tables.Functions, "")
            .Where(function => function.ReservedConcurrency is not null)
            .ToDictionary(function => function.Name, function => function.ReservedConcurrency!.Value));
        foreach (var (function, limit) in reserved)
            LimiterOf(function, limit).Limit = limit;
        foreach (var function in limiters.Keys.Where(function => !reserved.ContainsKey(function)))
            limiters.TryRemove(function, out _);
        shared.Limit = Math.Max(0, total - reserved.Values.Sum());
    }

    private async Task InTurnAsync(Func<Task> work)
    {
        await turn.WaitAsync();
        try
        {
            await work();
        }
        finally
        {
            turn.Release();
        }
    }
}
