namespace Thaw.Store.Memory;

/// <summary>A view of a <see cref="MemoryStore"/> with alterations that have not happened yet. A record without bytes is removed.</summary>
internal sealed class MemoryChange(Dictionary<string, SortedDictionary<RecordKey, byte[]>> tables, long lastNumber) : IStoreWriter
{
    private static readonly Comparer<RecordKey> ByBytes = Comparer<RecordKey>.Create((one, other) =>
        string.CompareOrdinal(one.Partition, other.Partition) is not 0 and var order ? order : string.CompareOrdinal(one.Name, other.Name));

    private readonly Dictionary<(string Table, RecordKey Key), byte[]?> altered = [];

    public long LastNumber { get; private set; } = lastNumber;

    public TRecord? Find<TRecord>(Table<TRecord> table, RecordKey key)
        where TRecord : class
    {
        if (!altered.TryGetValue((table.Name, key), out var bytes))
            bytes = tables.GetValueOrDefault(table.Name)?.GetValueOrDefault(key);
        return bytes is null ? null : table.Read(bytes);
    }

    public IReadOnlyList<TRecord> List<TRecord>(Table<TRecord> table, string partition, string? after = null, int count = int.MaxValue)
        where TRecord : class =>
        [
            .. Keys(table.Name, partition)
                .Where(key => after is null || string.CompareOrdinal(key.Name, after) > 0)
                .Take(count)
                .Select(key => Find(table, key)!),
        ];

    public IReadOnlyList<string> Partitions<TRecord>(Table<TRecord> table)
        where TRecord : class =>
        [
            .. (tables.GetValueOrDefault(table.Name)?.Keys.Select(key => key.Partition) ?? [])
                .Concat(altered.Keys.Where(place => place.Table == table.Name).Select(place => place.Key.Partition))
                .Distinct()
                .Where(partition => Count(table, partition) > 0)
                .Order(StringComparer.Ordinal),
        ];

    public long Count<TRecord>(Table<TRecord> table, string partition)
        where TRecord : class => Keys(table.Name, partition).Count();

    public void Put<TRecord>(Table<TRecord> table, TRecord record)
        where TRecord : class => altered[(table.Name, table.KeyOf(record))] = table.Write(record);

    public bool Remove<TRecord>(Table<TRecord> table, RecordKey key)
        where TRecord : class
    {
        if (Find(table, key) is null)
            return false;
        altered[(table.Name, key)] = null;
        return true;
    }

    public int RemoveAll<TRecord>(Table<TRecord> table, string partition)
        where TRecord : class
    {
        RecordKey[] keys = [.. Keys(table.Name, partition)];
        foreach (var key in keys)
            altered[(table.Name, key)] = null;
        return keys.Length;
    }

    public long NextNumber() => ++LastNumber;

    /// <summary>Makes it happen; returns what was touched.</summary>
    public IReadOnlyList<StoreChange> Apply()
    {
        foreach (var ((table, key), bytes) in altered)
        {
            if (!tables.TryGetValue(table, out var records))
                tables.Add(table, records = new(ByBytes));
            if (bytes is null)
                records.Remove(key);
            else
                records[key] = bytes;
        }

        return [.. altered.Keys.Select(place => new StoreChange(place.Table, place.Key.Partition)).Distinct()];
    }

    private IEnumerable<RecordKey> Keys(string table, string partition)
    {
        var lying = tables.GetValueOrDefault(table)?.Keys.Where(key => key.Partition == partition) ?? [];
        return lying
            .Where(key => !altered.ContainsKey((table, key)))
            .Concat(altered.Where(one => one.Key.Table == table && one.Key.Key.Partition == partition && one.Value is not null)
                .Select(one => one.Key.Key))
            .Order(ByBytes);
    }
}
