using Microsoft.Data.Sqlite;

namespace Thaw.Store.Sqlite;

/// <summary>A change that waits for its transaction, which it may share with others.</summary>
internal abstract class PendingChange
{
    /// <summary>What it has altered.</summary>
    public IReadOnlyList<StoreChange> Touched { get; protected set; } = [];

    /// <summary>Does it, or nothing of it. May be called again if the transaction fails.</summary>
    public abstract void Run(SqliteWriter writer);

    /// <summary>The transaction is done: tells whoever waits.</summary>
    public abstract void Tell();

    /// <summary>Nothing was done.</summary>
    public abstract void Fail(StoreException failure);
}

internal sealed class PendingChange<T>(Func<IStoreWriter, T> change) : PendingChange
{
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? result;
    private Exception? refusal;

    public Task<T> Done => done.Task;

    public override void Run(SqliteWriter writer)
    {
        writer.Save();
        try
        {
            (result, refusal) = (change(writer), null);
            Touched = writer.Keep();
        }
#pragma warning disable CA1031 // Whatever it throws is its caller's.
        catch (Exception thrown) when (thrown is not SqliteException)
#pragma warning restore CA1031
        {
            (refusal, Touched) = (thrown, []);
            writer.Undo();
        }
    }

    public override void Tell()
    {
        if (refusal is null)
            done.SetResult(result!);
        else
            done.SetException(refusal);
    }

    public override void Fail(StoreException failure) => done.SetException(failure);
}
