using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Thaw.Store.Sqlite;

/// <summary>
/// A store in one SQLite file.
///
///   changes --> a bounded line --> one thread: BEGIN · a savepoint for each that waits · COMMIT --> Changed, then whoever waits
///   reads   --> one of a few connections, each a snapshot of its own, on the pool's threads
///
/// The write-ahead log is not synced at each commit (synchronous=NORMAL): a commit outlives this process, however it ends, and
/// the file stays whole even when the power fails, which may cost the last commits.
/// </summary>
public sealed class SqliteStore : IStore
{
    /// <summary>Changes that wait; who brings more waits to be taken.</summary>
    private const int WaitingChanges = 4_096;

    /// <summary>Changes in one transaction; the first of them waits for the last.</summary>
    private const int ChangesAtOnce = 256;

    private const int ReadsAtOnce = 4;

    private readonly DirectoryLock held;
    private readonly SqliteFile file;
    private readonly SqliteWriter writer;
    private readonly Channel<PendingChange> waiting = Channel.CreateBounded<PendingChange>(
        new BoundedChannelOptions(WaitingChanges) { SingleReader = true, AllowSynchronousContinuations = true });

    private readonly SemaphoreSlim reads = new(ReadsAtOnce);
    private readonly ConcurrentBag<SqliteReader> readers = [];
    private readonly TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool closed;

    private SqliteStore(DirectoryLock held, SqliteFile file, SqliteWriter writer)
    {
        (this.held, this.file, this.writer) = (held, file, writer);
        new Thread(WriteAll) { IsBackground = true, Name = "store" }.Start();
    }

    public event Action<StoreChange>? Changed;

    /// <summary>Opens the store of a data directory, or makes it. It is this process's own until it is disposed of.</summary>
    /// <exception cref="StoreException">Another process has it, or it cannot be used; the message says what to do.</exception>
    public static Task<SqliteStore> OpenAsync(string dataDirectory) => OpenAsync(dataDirectory, pages: null);

    /// <param name="dataDirectory">Where it lies.</param>
    /// <param name="pages">The most that the file may have, as if the disk had no room for more.</param>
    internal static Task<SqliteStore> OpenAsync(string dataDirectory, int? pages) => Task.Run(() =>
    {
        var held = DirectoryLock.Take(dataDirectory);
        try
        {
            var file = new SqliteFile(Path.Combine(dataDirectory, SqliteFile.Name), pages);
            return new SqliteStore(held, file, file.OpenForWriting());
        }
        catch
        {
            held.Dispose();
            throw;
        }
    });

    public async Task<T> ReadAsync<T>(Func<IStoreReader, T> read)
    {
        await reads.WaitAsync();
        try
        {
            return await Task.Run(() => Read(read));
        }
        finally
        {
            reads.Release();
        }
    }

    public async Task<T> WriteAsync<T>(Func<IStoreWriter, T> change)
    {
        var mine = new PendingChange<T>(change);
        if (!waiting.Writer.TryWrite(mine))
        {
            try
            {
                await waiting.Writer.WriteAsync(mine);
            }
            catch (ChannelClosedException)
            {
                throw Closed();
            }
        }

        return await mine.Done;
    }

    public async ValueTask DisposeAsync()
    {
        if (closed)
            return;
        closed = true;
        waiting.Writer.TryComplete();
        await written.Task;
        for (var read = 0; read < ReadsAtOnce; read++)
            await reads.WaitAsync();
        foreach (var reader in readers)
            reader.Dispose();
        writer.Dispose();
        held.Dispose();
        reads.Release(ReadsAtOnce);
    }

    private static StoreException Closed() => new("the store is closed");

    private T Read<T>(Func<IStoreReader, T> read)
    {
        if (closed)
            throw Closed();
        var reader = readers.TryTake(out var idle) ? idle : file.OpenForReading();
        try
        {
            reader.Begin();
            try
            {
                return read(reader);
            }
            finally
            {
                reader.End();
            }
        }
        catch (SqliteException failure)
        {
            reader.Dispose();
            reader = null;
            throw file.Explain(failure);
        }
        finally
        {
            if (reader is not null)
                readers.Add(reader);
        }
    }

    private void WriteAll()
    {
        var batch = new List<PendingChange>(ChangesAtOnce);
        while (waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (batch.Count < ChangesAtOnce && waiting.Reader.TryRead(out var next))
                batch.Add(next);
            Write(batch);
            batch.Clear();
        }

        written.SetResult();
    }

    private void Write(List<PendingChange> batch)
    {
        try
        {
            writer.BeginToWrite();
            foreach (var change in batch)
                change.Run(writer);
            writer.Commit();
        }
        catch (SqliteException failure)
        {
            writer.Abandon();
            if (batch is [var only])
                only.Fail(file.Explain(failure));
            else
                batch.ForEach(change => Write([change])); // One that is too large for the disk must not take others with it.
            return;
        }

        foreach (var change in batch)
        {
            foreach (var touched in change.Touched)
                Changed?.Invoke(touched);
            change.Tell();
        }
    }
}
