using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Thaw.Store.Sqlite;

/// <summary>
/// A sentence of SQL that is said again and again, with other values for its <c>$1</c>, <c>$2</c> and <c>$3</c>: by SQLite's own calls,
/// because ADO.NET's take longer than a small change itself.
/// </summary>
internal sealed class Statement(SqliteConnection connection, string sql) : IDisposable
{
    private sqlite3_stmt? compiled;

    private sqlite3 Database => connection.Handle!;

    /// <summary>Says several sentences once.</summary>
    public static void RunAll(SqliteConnection connection, string sql) =>
        SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(connection.Handle, sql), connection.Handle);

    /// <summary>How many rows it altered.</summary>
    public int Run(params ReadOnlySpan<object> values)
    {
        var statement = Compiled();
        try
        {
            Set(statement, values);
            while (Step(statement))
            {
            }
        }
        finally
        {
            End(statement);
        }

        return raw.sqlite3_changes(Database);
    }

    public long Number(params ReadOnlySpan<object> values)
    {
        var statement = Compiled();
        try
        {
            Set(statement, values);
            return Step(statement) ? raw.sqlite3_column_int64(statement, 0) : throw new InvalidOperationException($"no row: {sql}");
        }
        finally
        {
            End(statement);
        }
    }

    /// <summary>The first column of each row.</summary>
    public List<string> Texts(params ReadOnlySpan<object> values) =>
        All(row => raw.sqlite3_column_text(row, 0).utf8_to_string(), values);

    /// <inheritdoc cref="Texts"/>
    public List<byte[]> Records(params ReadOnlySpan<object> values) =>
        All(row => raw.sqlite3_column_blob(row, 0).ToArray(), values);

    public void Dispose() => compiled?.Dispose();

    private List<T> All<T>(Func<sqlite3_stmt, T> value, ReadOnlySpan<object> values)
    {
        var statement = Compiled();
        try
        {
            Set(statement, values);
            var found = new List<T>();
            while (Step(statement))
                found.Add(value(statement));
            return found;
        }
        finally
        {
            End(statement);
        }
    }

    private sqlite3_stmt Compiled()
    {
        if (compiled is null)
            Check(raw.sqlite3_prepare_v2(Database, sql, out compiled));
        return compiled;
    }

    private void Set(sqlite3_stmt statement, ReadOnlySpan<object> values)
    {
        for (var index = 0; index < values.Length; index++)
        {
            Check(values[index] switch
            {
                string text => raw.sqlite3_bind_text(statement, index + 1, text),
                byte[] record => raw.sqlite3_bind_blob(statement, index + 1, record),
                int number => raw.sqlite3_bind_int(statement, index + 1, number),
                long number => raw.sqlite3_bind_int64(statement, index + 1, number),
                var other => throw new ArgumentException($"no value for SQLite: {other.GetType()}", nameof(values)),
            });
        }
    }

    private bool Step(sqlite3_stmt statement)
    {
        var result = raw.sqlite3_step(statement);
        if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
            Check(result);
        return result == raw.SQLITE_ROW;
    }

    // A record may be large, and the sentence is kept. What the last step said is known already.
    private static void End(sqlite3_stmt statement)
    {
        _ = raw.sqlite3_reset(statement);
        _ = raw.sqlite3_clear_bindings(statement);
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, Database);
}
