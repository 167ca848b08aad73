namespace Thaw.Store.Memory;

/// <summary>A store that forgets everything at its end; for tests, and for a daemon that shall leave nothing behind.</summary>
public sealed class MemoryStore : IStore
{
    private readonly Lock oneAtATime = new();
    private readonly Dictionary<string, SortedDictionary<RecordKey, byte[]>> tables = [];
    private long lastNumber;

    public event Action<StoreChange>? Changed;

    public Task<T> ReadAsync<T>(Func<IStoreReader, T> read) => Task.Run(() =>
    {
        lock (oneAtATime)
            return read(new MemoryChange(tables, lastNumber));
    });

    public Task<T> WriteAsync<T>(Func<IStoreWriter, T> change) => Task.Run(() =>
    {
        lock (oneAtATime)
        {
            var draft = new MemoryChange(tables, lastNumber);
            var result = change(draft);
            lastNumber = draft.LastNumber;
            foreach (var touched in draft.Apply())
                Changed?.Invoke(touched);
            return result;
        }
    });

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
