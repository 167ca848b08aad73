using Microsoft.Data.Sqlite;

namespace Thaw.Store.Sqlite;

/// <summary>The one connection that alters records, in transactions of several changes.</summary>
internal sealed class SqliteWriter : SqliteReader, IStoreWriter
{
    private readonly Statement beginToWrite, commit, rollback, save, undo, keep, setNumber;
    private readonly List<StoreChange> touched = [];
    private long lastNumber, writtenNumber;

    public SqliteWriter(SqliteConnection connection)
        : base(connection)
    {
        beginToWrite = new(connection, "BEGIN IMMEDIATE");
        commit = new(connection, "COMMIT");
        rollback = new(connection, "ROLLBACK");
        save = new(connection, "SAVEPOINT change");
        undo = new(connection, "ROLLBACK TO change");
        keep = new(connection, "RELEASE change");
        setNumber = new(connection, "UPDATE numbers SET last = $1");
        using var number = new Statement(connection, "SELECT last FROM numbers");
        lastNumber = writtenNumber = number.Number();
    }

    /// <summary>The beginning of a transaction.</summary>
    public void BeginToWrite() => beginToWrite.Run();

    public void Commit()
    {
        if (lastNumber != writtenNumber)
            setNumber.Run(lastNumber);
        commit.Run();
        writtenNumber = lastNumber;
    }

    /// <summary>Nothing of the transaction has happened.</summary>
    public void Abandon()
    {
        // Some failures have seen to that already.
        if (InTransaction)
            rollback.Run();
    }

    /// <summary>The beginning of one change.</summary>
    public void Save()
    {
        touched.Clear();
        save.Run();
    }

    /// <summary>The change is over; returns what it touched.</summary>
    public IReadOnlyList<StoreChange> Keep()
    {
        keep.Run();
        return [.. touched];
    }

    /// <summary>The change has not happened. Numbers that it has drawn are lost.</summary>
    public void Undo()
    {
        undo.Run();
        keep.Run();
    }

    public void Put<TRecord>(Table<TRecord> table, TRecord record)
        where TRecord : class
    {
        var key = table.KeyOf(record);
        Of(table.Name).Put(key, table.Write(record));
        Touch(table.Name, key.Partition);
    }

    public bool Remove<TRecord>(Table<TRecord> table, RecordKey key)
        where TRecord : class
    {
        if (!Of(table.Name).Remove(key))
            return false;
        Touch(table.Name, key.Partition);
        return true;
    }

    public int RemoveAll<TRecord>(Table<TRecord> table, string partition)
        where TRecord : class
    {
        var removed = Of(table.Name).RemoveAll(partition);
        if (removed > 0)
            Touch(table.Name, partition);
        return removed;
    }

    public long NextNumber() => ++lastNumber;

    public override void Dispose()
    {
        foreach (var statement in new[] { beginToWrite, commit, rollback, save, undo, keep, setNumber })
            statement.Dispose();
        base.Dispose();
    }

    private void Touch(string table, string partition)
    {
        var change = new StoreChange(table, partition);
        if (!touched.Contains(change))
            touched.Add(change);
    }
}
