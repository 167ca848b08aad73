using System.Threading.Channels;
using Thaw.Store;
using Thaw.Store.Records;

namespace Thaw.Daemon.Functions;

/// <summary>
/// The functions whose versions have changed in the store, for one who looks at each of them in turn. One that changes again before it
/// was looked at waits once, so there are never more than functions.
/// </summary>
internal sealed class ChangedFunctions : IDisposable
{
    /// <summary>After the store has failed.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly Channel<string> queue = Channel.CreateUnbounded<string>();
    private readonly HashSet<string> waiting = [];
    private readonly IStore store;
    private readonly TimeProvider time;
    private readonly Action<string> notice;

    public ChangedFunctions(IStore store, TimeProvider time, Action<string> notice)
    {
        (this.store, this.time, this.notice) = (store, time, notice);
        store.Changed += Note;
    }

    /// <summary>It is to be looked at.</summary>
    public void Add(string function)
    {
        lock (waiting)
        {
            if (waiting.Add(function))
                queue.Writer.TryWrite(function);
        }
    }

    /// <summary>One that could not be looked at is looked at again, after a rest.</summary>
    public async Task AddLaterAsync(string function, CancellationToken ending = default)
    {
        await Task.Delay(Rest, time, ending);
        Add(function);
    }

    /// <summary>Each as it changes, until the end; one for which the store fails comes again after a rest.</summary>
    public async Task ForEachAsync(Func<string, Task> look, CancellationToken ending)
    {
        await foreach (var function in queue.Reader.ReadAllAsync(ending))
        {
            lock (waiting)
                waiting.Remove(function);
            await TryAsync(function, look, ending);
        }
    }

    /// <summary>Looks at those that have such a version: they changed before anybody noted it.</summary>
    public async Task ForEachAsync(Func<VersionRecord, bool> isWanted, Func<string, Task> look, CancellationToken ending)
    {
        foreach (var function in await FindAsync(isWanted, ending))
            await TryAsync(function, look, ending);
    }

    public void Dispose() => store.Changed -= Note;

    private void Note(StoreChange change)
    {
        if (change.Table == Tables.Versions.Name)
            Add(change.Partition);
    }

    private async Task TryAsync(string function, Func<string, Task> look, CancellationToken ending)
    {
        try
        {
            await look(function);
        }
        catch (StoreException failure)
        {
            notice(failure.Message);
            await AddLaterAsync(function, ending);
        }
    }

    /// <summary>One look for all: there may be thousands that want nothing.</summary>
    private async Task<string[]> FindAsync(Func<VersionRecord, bool> isWanted, CancellationToken ending)
    {
        while (true)
        {
            try
            {
                return await store.ReadAsync(view => view.List(Tables.Functions, "")
                    .Select(function => function.Name)
                    .Where(name => view.List(Tables.Versions, name).Any(isWanted))
                    .ToArray());
            }
            catch (StoreException failure)
            {
                notice(failure.Message);
                await Task.Delay(Rest, time, ending);
            }
        }
    }
}
