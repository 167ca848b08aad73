using Thaw.Daemon.Functions;
using Thaw.Store;
using Thaw.Store.Archive;

namespace Thaw.Daemon.ServiceApi;

/// <summary>What operations work with.</summary>
/// <param name="Notice">Tells the daemon's watcher a line.</param>
internal sealed record ServiceWorld(
    IStore Store,
    ICodeArchive Archive,
    FunctionFolders Folders,
    CodeLocations Locations,
    TimeProvider Time,
    Random Random,
    Action<string> Notice)
{
    /// <summary>Invocations of the whole account at once.</summary>
    public required int Concurrency { get; init; }

    public required ReservedConcurrency Reservations { get; init; }

    public string NewRevision() => InvokeApi.RandomUuid.New(Random).ToString();
}
