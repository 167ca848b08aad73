using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Thaw.Store.Sqlite;

/// <summary>
/// What lies in the file, and how an older one becomes today's. The file's <c>user_version</c> counts the steps that it has taken.
/// A new kind of record needs none: its table is made where it is missing.
/// </summary>
internal static class Schema
{
    /// <summary>From each version to the next. Only ever add to the end.</summary>
    private static readonly string[] Steps =
    [
        "CREATE TABLE numbers (last INTEGER NOT NULL) STRICT; INSERT INTO numbers VALUES (0)",
    ];

    /// <exception cref="StoreException">A newer version of Thaw has made the file.</exception>
    public static void Ensure(SqliteConnection connection, string path)
    {
        var version = Number(connection, "PRAGMA user_version");
        if (version > Steps.Length)
        {
            throw new StoreException(
                $"{path} was written by a newer version of Thaw (its schema is {version}, this one knows {Steps.Length}); "
                + "use that version, or another data directory");
        }

        Say(connection, "BEGIN IMMEDIATE");
        foreach (var step in Steps.AsSpan((int)version))
            Say(connection, step);
        foreach (var table in Tables.Names)
        {
            Say(
                connection,
                $"""
                CREATE TABLE IF NOT EXISTS {table} (
                    partition TEXT NOT NULL, name TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (partition, name)) STRICT, WITHOUT ROWID
                """);
        }

        // Written only when it changes: opening a store that is up to date writes nothing.
        if (version < Steps.Length)
            Say(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Steps.Length}"));
        Say(connection, "COMMIT");
    }

    private static void Say(SqliteConnection connection, string sql) => Statement.RunAll(connection, sql);

    private static long Number(SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        return statement.Number();
    }
}
