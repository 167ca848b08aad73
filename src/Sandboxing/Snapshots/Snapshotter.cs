namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// Takes snapshots of sandboxes of namespaces and restores them, by CRIU. One for a daemon: it has the processes of CRIU that wait.
/// <code>
///   sandbox with this in its options --SnapshotAsync--> folder --Snapshot.Open--> NamespaceSandbox.RestoreAsync --> clone, clone, ...
/// </code>
/// </summary>
public sealed class Snapshotter : IAsyncDisposable
{
    /// <summary>
    /// Finds CRIU, and finds out once for each CRIU, kernel and agent whether it works here, by a snapshot of a tiny sandbox that has one
    /// parked connection, and a clone of it. Takes half a second then; otherwise some milliseconds.
    /// </summary>
    /// <exception cref="SandboxException">No snapshots can be taken here. The message says why, and what helps.</exception>
    public static Task<Snapshotter> StartAsync(SnapshotterOptions options, Func<Namespaces.NamespaceSandboxOptions> sandboxForTrial) =>
        throw new NotImplementedException();

    /// <summary>Ends the helpers. Snapshots and clones stay.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
