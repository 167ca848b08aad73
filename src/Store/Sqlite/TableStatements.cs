using Microsoft.Data.Sqlite;

namespace Thaw.Store.Sqlite;

/// <summary>What one connection says about one table. SQLite compiles each sentence when it is first said.</summary>
internal sealed class TableStatements(SqliteConnection connection, string table) : IDisposable
{
    private readonly Statement find = new(connection, $"SELECT record FROM {table} WHERE partition = $1 AND name = $2");

    private readonly Statement first = new(
        connection, $"SELECT record FROM {table} WHERE partition = $1 ORDER BY name LIMIT $2");

    private readonly Statement next = new(
        connection, $"SELECT record FROM {table} WHERE partition = $1 AND name > $2 ORDER BY name LIMIT $3");

    private readonly Statement partitions = new(connection, $"SELECT DISTINCT partition FROM {table} ORDER BY partition");

    private readonly Statement count = new(connection, $"SELECT count(*) FROM {table} WHERE partition = $1");

    private readonly Statement put = new(
        connection,
        $"""
        INSERT INTO {table} (partition, name, record) VALUES ($1, $2, $3)
        ON CONFLICT (partition, name) DO UPDATE SET record = excluded.record
        """);

    private readonly Statement remove = new(connection, $"DELETE FROM {table} WHERE partition = $1 AND name = $2");

    private readonly Statement removeAll = new(connection, $"DELETE FROM {table} WHERE partition = $1");

    public byte[]? Find(RecordKey key) => find.Records(key.Partition, key.Name) is [var record] ? record : null;

    /// <param name="after">The name before the first one, or null for the very first.</param>
    public List<byte[]> List(string partition, string? after, int most) =>
        after is null ? first.Records(partition, most) : next.Records(partition, after, most);

    public List<string> Partitions() => partitions.Texts();

    public long Count(string partition) => count.Number(partition);

    public void Put(RecordKey key, byte[] record) => put.Run(key.Partition, key.Name, record);

    public bool Remove(RecordKey key) => remove.Run(key.Partition, key.Name) > 0;

    public int RemoveAll(string partition) => removeAll.Run(partition);

    public void Dispose()
    {
        foreach (var statement in new[] { find, first, next, partitions, count, put, remove, removeAll })
            statement.Dispose();
    }
}
