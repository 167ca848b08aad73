namespace Thaw.Store;

/// <summary>One consistent view of a store. It is good only inside of the function that it is given to.</summary>
public interface IStoreReader
{
    /// <summary>Null when there is none.</summary>
    TRecord? Find<TRecord>(Table<TRecord> table, RecordKey key)
        where TRecord : class;

    /// <summary>Records of a partition by the order of their names, byte by byte.</summary>
    /// <param name="after">Where to go on: the first one has a greater name. Null for the beginning.</param>
    /// <param name="count">The most to return; at least 1.</param>
    IReadOnlyList<TRecord> List<TRecord>(Table<TRecord> table, string partition, string? after = null, int count = int.MaxValue)
        where TRecord : class;

    /// <summary>The partitions that have records, in order.</summary>
    IReadOnlyList<string> Partitions<TRecord>(Table<TRecord> table)
        where TRecord : class;

    /// <summary>How many records a partition has.</summary>
    long Count<TRecord>(Table<TRecord> table, string partition)
        where TRecord : class;
}
