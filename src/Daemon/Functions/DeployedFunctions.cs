using System.Collections.Concurrent;
using Thaw.Store;

namespace Thaw.Daemon.Functions;

/// <summary>The functions of the store. Their names are all known here, so that a stranger's names cost the store nothing.</summary>
internal sealed class DeployedFunctions : IFunctions, IDisposable
{
    private static readonly FunctionState Unknown = new FunctionState.Unknown();

    private readonly ConcurrentDictionary<string, DeployedFunction> known = new();
    private readonly IStore store;
    private readonly Func<string, DeployedFunction> make;
    private Task loading = Task.CompletedTask;

    public DeployedFunctions(IStore store, DeploymentPlans plans, ReservedConcurrency reservations, Random random)
    {
        this.store = store;
        make = name => new DeployedFunction(name, store, plans, reservations.Of, random);
        store.Changed += Note;
    }

    /// <summary>Learns the names of the functions that are there.</summary>
    public void Start() => loading = LoadAsync();

    public ValueTask<FunctionState> FindAsync(string name, string? qualifier) =>
        !loading.IsCompletedSuccessfully ? new(FindLoadedAsync(name, qualifier))
        : known.TryGetValue(name, out var function) ? function.FindAsync(qualifier)
        : new(Unknown);

    public void Dispose() => store.Changed -= Note;

    // A version is touched by everything that an invocation can feel; a function that was deleted has none left.
    private void Note(StoreChange change)
    {
        if (change.Table == Tables.Aliases.Name && !known.ContainsKey(change.Partition))
            return;
        if (change.Table != Tables.Versions.Name && change.Table != Tables.Aliases.Name)
            return;
        known[change.Partition] = make(change.Partition);
        _ = ForgetIfGoneAsync(change.Partition);
    }

    private async Task ForgetIfGoneAsync(string name)
    {
        try
        {
            var now = known.GetValueOrDefault(name);
            if (now is not null && await store.ReadAsync(view => view.Find(Tables.Functions, new RecordKey("", name)) is null))
                known.TryRemove(new KeyValuePair<string, DeployedFunction>(name, now));
        }
        catch (StoreException)
        {
            // Whoever asks for it finds nothing in the store.
        }
    }

    private async Task LoadAsync()
    {
        var names = await store.ReadAsync(view => view.List(Tables.Functions, "").Select(function => function.Name).ToArray());
        foreach (var name in names)
            known.TryAdd(name, make(name));
    }

    private async Task<FunctionState> FindLoadedAsync(string name, string? qualifier)
    {
        await LoadedAsync();
        return await FindAsync(name, qualifier);
    }

    // A store that could not be read then may be readable now.
    private Task LoadedAsync()
    {
        if (loading.IsFaulted)
            loading = LoadAsync();
        return loading;
    }
}
