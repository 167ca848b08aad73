using System.Collections.Concurrent;
using Thaw.Environments.Pool;
using Thaw.Store;

namespace Thaw.Daemon.Functions;

/// <summary>
/// What functions have reserved of the account's concurrency: each such function has a limit of its own, and all others share the rest;
/// spec (service) 13.2.
/// </summary>
/// <param name="total">Of the account.</param>
/// <param name="shared">For the functions that have reserved nothing.</param>
internal sealed class ReservedConcurrency(int total, ConcurrencyLimiter shared)
{
    private readonly ConcurrentDictionary<string, ConcurrencyLimiter> limiters = new();

    /// <summary>The limit of a function's own; null when it has reserved nothing.</summary>
    public ConcurrencyLimiter? Of(string function, int? reserved)
    {
        if (reserved is not { } limit)
        {
            limiters.TryRemove(function, out _);
            return null;
        }

        var own = limiters.GetOrAdd(function, _ => new ConcurrencyLimiter(limit));
        own.Limit = limit;
        return own;
    }

    /// <summary>Leaves the others what is reserved by nobody, as the store has it now.</summary>
    public async Task ShareAsync(IStore store)
    {
        var reserved = await store.ReadAsync(Reserved);
        shared.Limit = Math.Max(0, total - reserved);
    }

    /// <summary>By all functions together.</summary>
    public static int Reserved(IStoreReader view) => view.List(Tables.Functions, "").Sum(function => function.ReservedConcurrency ?? 0);
}
