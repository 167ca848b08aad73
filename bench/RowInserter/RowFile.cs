using System.Globalization;
using SQLitePCL;

namespace Thaw.Bench.RowInserter;

/// <summary>A file of SQLite with the daemon's settings, by SQLite's own calls.</summary>
internal sealed class RowFile : IDisposable
{
    private readonly sqlite3 file;
    private readonly sqlite3_stmt begin, commit, insert;

    internal RowFile(string path, string table)
    {
        Check(raw.sqlite3_open(path, out file));
        Check(raw.sqlite3_exec(
            file,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864"));
        begin = Prepare("BEGIN IMMEDIATE");
        commit = Prepare("COMMIT");
        insert = Prepare($"INSERT INTO {table} (partition, name, record) VALUES (?1, ?2, ?3)");
    }

    internal void Begin() => Run(begin);

    internal void Commit() => Run(commit);

    internal void Insert(string partition, string name, byte[] record)
    {
        Check(raw.sqlite3_bind_text(insert, 1, partition));
        Check(raw.sqlite3_bind_text(insert, 2, name));
        Check(raw.sqlite3_bind_blob(insert, 3, record));
        Run(insert);
    }

    public void Dispose()
    {
        foreach (var statement in new[] { begin, commit, insert })
            statement.Dispose();
        file.Dispose();
    }

    private sqlite3_stmt Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(file, sql, out var statement));
        return statement;
    }

    private static void Run(sqlite3_stmt statement)
    {
        if (raw.sqlite3_step(statement) is var result and not raw.SQLITE_DONE)
            Check(result);
        Check(raw.sqlite3_reset(statement));
    }

    private static void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"SQLite answers {result}"));
    }
}
