using Thaw.Store;
using Thaw.Store.Memory;

namespace Thaw.UnitTests.Environments.Events;

/// <summary>A store whose next write waits, or fails, when a test says so.</summary>
internal sealed class DelayingStore : IStore
{
    private readonly MemoryStore store = new();
    private TaskCompletionSource? delay;

    public event Action<StoreChange>? Changed
    {
        add => store.Changed += value;
        remove => store.Changed -= value;
    }

    /// <summary>No write is possible.</summary>
    public bool IsFull { get; set; }

    /// <summary>A write has met its delay.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>The next write takes until the source that this returns is set.</summary>
    public TaskCompletionSource DelayNext() => delay = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> ReadAsync<T>(Func<IStoreReader, T> read) => store.ReadAsync(read);

    public async Task<T> WriteAsync<T>(Func<IStoreWriter, T> change)
    {
        if (IsFull)
            throw new StoreException("the disk is full");
        if (Interlocked.Exchange(ref delay, null) is { } waited)
        {
            IsWaiting = true;
            await waited.Task;
        }

        return await store.WriteAsync(change);
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
