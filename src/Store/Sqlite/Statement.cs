using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Thaw.Store.Sqlite;

/// <summary>
/// A sentence of SQL that is said again and again, with other values for its <c>?1</c>, <c>?2</c> and <c>?3</c>: strings, bytes and
/// numbers. It is compiled when it is first said.
/// </summary>
/// <remarks>Not a <see cref="SqliteCommand"/>: that costs several times what SQLite does for one record.</remarks>
internal sealed class Statement(SqliteConnection connection, string sql) : IDisposable
{
    private sqlite3_stmt? compiled;

    /// <summary>How many rows it altered.</summary>
    public int Run(params ReadOnlySpan<object> values)
    {
        var statement = Bound(values);
        try
        {
            while (Step(statement))
            {
            }

            return raw.sqlite3_changes(connection.Handle);
        }
        finally
        {
            Rest(statement);
        }
    }

    public long Number(params ReadOnlySpan<object> values)
    {
        var statement = Bound(values);
        try
        {
            return Step(statement) ? raw.sqlite3_column_int64(statement, 0) : throw new InvalidOperationException($"no row: {sql}");
        }
        finally
        {
            Rest(statement);
        }
    }

    /// <summary>The first column of each row.</summary>
    public List<byte[]> Records(params ReadOnlySpan<object> values)
    {
        var statement = Bound(values);
        try
        {
            var found = new List<byte[]>();
            while (Step(statement))
                found.Add(raw.sqlite3_column_blob(statement, 0).ToArray());
            return found;
        }
        finally
        {
            Rest(statement);
        }
    }

    /// <summary>The first column of each row.</summary>
    public List<string> Texts()
    {
        var statement = Bound([]);
        try
        {
            var found = new List<string>();
            while (Step(statement))
                found.Add(raw.sqlite3_column_text(statement, 0).utf8_to_string());
            return found;
        }
        finally
        {
            Rest(statement);
        }
    }

    public void Dispose() => compiled?.Dispose();

    private sqlite3_stmt Bound(ReadOnlySpan<object> values)
    {
        if (compiled is null)
            Check(raw.sqlite3_prepare_v2(connection.Handle, sql, out compiled));
        for (var index = 0; index < values.Length; index++)
        {
            Check(values[index] switch
            {
                string text => raw.sqlite3_bind_text(compiled, index + 1, text),
                byte[] bytes => raw.sqlite3_bind_blob(compiled, index + 1, bytes),
                long number => raw.sqlite3_bind_int64(compiled, index + 1, number),
                int number => raw.sqlite3_bind_int64(compiled, index + 1, number),
                var other => throw new ArgumentException($"no value of SQL: {other.GetType()}"),
            });
        }

        return compiled;
    }

    // The failure of a step is told by the step; to say it again here would hide that one.
    private static void Rest(sqlite3_stmt statement)
    {
        _ = raw.sqlite3_reset(statement);

        // A record may be large, and the sentence is kept.
        _ = raw.sqlite3_clear_bindings(statement);
    }

    private bool Step(sqlite3_stmt statement)
    {
        var result = raw.sqlite3_step(statement);
        if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
            Check(result);
        return result == raw.SQLITE_ROW;
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, connection.Handle);
}
