using System.Collections.Concurrent;
using Thaw.Environments.Events;
using Thaw.Store;

namespace Thaw.Daemon.Events;

/// <summary>
/// How the events of functions are to be tried, as configured now. Each event that ends asks, so what was read holds until a change.
/// It lives as long as the store.
/// </summary>
internal sealed class RulesInStore
{
    /// <summary>Functions whose rules are known; with one more, all are forgotten.</summary>
    private const int Most = 10_000;

    private static readonly EventRules Standard = new();

    // What a reader finds goes to the one that it began with, which a change has taken out meanwhile.
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<(string Qualifier, string Version), EventRules>> known = new();
    private readonly IStore store;

    public RulesInStore(IStore store)
    {
        this.store = store;
        store.Changed += Note;
    }

    /// <param name="qualifier">That the event was invoked by.</param>
    /// <param name="version">That ran, whose dead letters they are.</param>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    public async ValueTask<EventRules> OfAsync(string function, string qualifier, string version)
    {
        if (!known.TryGetValue(function, out var rules))
        {
            if (known.Count >= Most)
                known.Clear();
            rules = known.GetOrAdd(function, _ => new());
        }

        return rules.TryGetValue((qualifier, version), out var found)
            ? found
            : rules[(qualifier, version)] = await ReadAsync(function, qualifier, version);
    }

    private void Note(StoreChange change)
    {
        if (change.Table == Tables.EventInvokes.Name || change.Table == Tables.Versions.Name)
            known.TryRemove(change.Partition, out _);
    }

    private async Task<EventRules> ReadAsync(string function, string qualifier, string version)
    {
        var (config, executed) = await store.ReadAsync(view => (
            view.Find(Tables.EventInvokes, new RecordKey(function, qualifier)),
            view.Find(Tables.Versions, Tables.VersionKey(function, version))));
        return new EventRules
        {
            MaximumRetryAttempts = config?.MaximumRetryAttempts ?? Standard.MaximumRetryAttempts,
            MaximumAge = config?.MaximumEventAgeInSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Standard.MaximumAge,
            OnSuccess = config?.OnSuccess,
            OnFailure = config?.OnFailure,
            DeadLetter = executed?.Deployment.Settings.DeadLetterTargetArn,
        };
    }
}
