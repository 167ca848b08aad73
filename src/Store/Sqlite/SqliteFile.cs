using Microsoft.Data.Sqlite;

namespace Thaw.Store.Sqlite;

/// <summary>The file of a store: how it is opened, and what its failures mean for the person who has it.</summary>
internal sealed class SqliteFile(string path, int? pages)
{
    public const string Name = "thaw.db";

    /// <summary>What the log of changes is cut back to when it has grown, in bytes.</summary>
    private const int LogBytes = 64 * 1024 * 1024;

    /// <summary>How long another program may hold the file before that is a failure, in milliseconds.</summary>
    private const int Patience = 30_000;

    // SQLite's own names for what can go wrong.
    private const int Busy = 5, Locked = 6, NoMemory = 7, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14;
    private const int NotADatabase = 26;

    /// <summary>Makes the file, or brings it up to date.</summary>
    /// <exception cref="StoreException">It cannot be used.</exception>
    public SqliteWriter OpenForWriting() => Open("PRAGMA journal_mode = WAL", connection =>
    {
        Schema.Ensure(connection, path);
        return new SqliteWriter(connection);
    });

    /// <exception cref="StoreException">It cannot be used.</exception>
    public SqliteReader OpenForReading() => Open("PRAGMA query_only = ON", connection => new SqliteReader(connection));

    /// <summary>What went wrong, and what to do.</summary>
    public StoreException Explain(SqliteException failure) => new(
        failure.SqliteErrorCode switch
        {
            Full => $"there is no room left on the disk of {path}; nothing has changed",
            Corrupt or NotADatabase => $"{path} is damaged: put a copy of it back, or move it away and lose what it holds",
            ReadOnly or CannotOpen => $"{path} cannot be written to; --data or THAW_DATA names a folder that can",
            Busy or Locked => $"another program holds {path}; end it",
            IoError => $"the disk of {path} fails ({failure.Message}); nothing has changed",
            NoMemory => $"there is no memory left for {path}; nothing has changed",
            _ => $"{path} cannot be used: {failure.Message}",
        },
        failure);

    private T Open<T>(string kind, Func<SqliteConnection, T> use)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            using var settings = connection.CreateCommand();
#pragma warning disable CA2100 // Ours.
            settings.CommandText =
                $"PRAGMA busy_timeout = {Patience}; {kind}; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; "
                + $"PRAGMA journal_size_limit = {LogBytes}"
                + (pages is { } most ? $"; PRAGMA max_page_count = {most}" : "");
#pragma warning restore CA2100
            settings.ExecuteNonQuery();
            return use(connection);
        }
        catch (SqliteException failure)
        {
            connection.Dispose();
            throw Explain(failure);
        }
        catch (StoreException)
        {
            connection.Dispose();
            throw;
        }
    }
}
