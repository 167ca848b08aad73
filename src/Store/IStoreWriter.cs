namespace Thaw.Store;

/// <summary>A view that sees, and may alter, what will be the next state of a store.</summary>
public interface IStoreWriter : IStoreReader
{
    /// <summary>Adds a record, or puts it in the place of the one with its key.</summary>
    void Put<TRecord>(Table<TRecord> table, TRecord record)
        where TRecord : class;

    /// <summary>False when there is none.</summary>
    bool Remove<TRecord>(Table<TRecord> table, RecordKey key)
        where TRecord : class;

    /// <summary>Removes a whole partition; returns how many records that were.</summary>
    int RemoveAll<TRecord>(Table<TRecord> table, string partition)
        where TRecord : class;

    /// <summary>A number that this store has never given before, larger than all that it has.</summary>
    long NextNumber();
}
