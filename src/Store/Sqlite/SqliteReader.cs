using Microsoft.Data.Sqlite;

namespace Thaw.Store.Sqlite;

/// <summary>A connection, and the records that it sees between <see cref="Begin"/> and <see cref="End"/>.</summary>
internal class SqliteReader(SqliteConnection connection) : IStoreReader, IDisposable
{
    private readonly Statement begin = new(connection, "BEGIN"), end = new(connection, "COMMIT");
    private readonly Dictionary<string, TableStatements> tables = [];

    public void Begin() => begin.Run();

    public void End()
    {
        // Some failures have ended it already.
        if (InTransaction)
            end.Run();
    }

    public TRecord? Find<TRecord>(Table<TRecord> table, RecordKey key)
        where TRecord : class => Of(table.Name).Find(key) is { } bytes ? table.Read(bytes) : null;

    public IReadOnlyList<TRecord> List<TRecord>(Table<TRecord> table, string partition, string? after = null, int count = int.MaxValue)
        where TRecord : class => [.. Of(table.Name).List(partition, after, count).Select(bytes => table.Read(bytes))];

    public IReadOnlyList<string> Partitions<TRecord>(Table<TRecord> table)
        where TRecord : class => Of(table.Name).Partitions();

    public long Count<TRecord>(Table<TRecord> table, string partition)
        where TRecord : class => Of(table.Name).Count(partition);

    public virtual void Dispose()
    {
        foreach (var statements in tables.Values)
            statements.Dispose();
        begin.Dispose();
        end.Dispose();
        connection.Dispose();
    }

    protected bool InTransaction => SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0;

    protected TableStatements Of(string table)
    {
        if (!tables.TryGetValue(table, out var statements))
            tables.Add(table, statements = new TableStatements(connection, table));
        return statements;
    }
}
