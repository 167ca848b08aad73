namespace Thaw.Store;

/// <summary>
/// What must outlive the daemon: functions, versions, aliases, layers, and events that wait for their invocation.
///
///   read:   a function over one consistent view
///   change: a function over a view that it may alter; all of it happens, durably, or nothing does
///
/// A change may be run again, for instance by a store that finds itself overtaken, so it must depend on nothing but the view and what it
/// closes over, and must touch nothing outside. One that throws alters nothing, and its caller gets the exception.
/// </summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>Tells what a finished change has touched, in their order. Who listens must be quick, and must not throw.</summary>
    event Action<StoreChange>? Changed;

    /// <summary>Runs off the caller's thread.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    Task<T> ReadAsync<T>(Func<IStoreReader, T> read);

    /// <summary>Returns when the change would survive the death of this process.</summary>
    /// <exception cref="StoreException">The store cannot be written to, perhaps because the disk is full; nothing has changed.</exception>
    Task<T> WriteAsync<T>(Func<IStoreWriter, T> change);
}
