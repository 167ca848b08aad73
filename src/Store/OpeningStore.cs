namespace Thaw.Store;

/// <summary>A store that is being opened while whoever needs it is put together: reads and changes wait for that.</summary>
public sealed class OpeningStore : IStore
{
    private readonly Task<IStore> opened;

    /// <param name="opening">Ends with a store that is this one's own from then on.</param>
    public OpeningStore(Task<IStore> opening) => opened = ListenAsync(opening);

    public event Action<StoreChange>? Changed;

    /// <summary>Completes when it is open, or fails as opening does.</summary>
    public Task Opened => opened;

    public async Task<T> ReadAsync<T>(Func<IStoreReader, T> read) => await (await opened).ReadAsync(read);

    public async Task<T> WriteAsync<T>(Func<IStoreWriter, T> change) => await (await opened).WriteAsync(change);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await (await opened).DisposeAsync();
        }
        catch (StoreException)
        {
            // It never opened.
        }
    }

    private async Task<IStore> ListenAsync(Task<IStore> opening)
    {
        var store = await opening;
        store.Changed += change => Changed?.Invoke(change);
        return store;
    }
}
