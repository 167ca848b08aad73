namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// A snapshot on disk: all processes of a sandbox, their memory, their connections, and /tmp. Nobody changes it after it was taken; any
/// number of clones may be restored from it, at once too. While it is open, the user ids of its processes are given to nobody else.
/// </summary>
public sealed class Snapshot : IDisposable
{
    /// <summary>Absolute. Who deletes it disposes of this first; clones that run already need nothing of it.</summary>
    public string Folder => throw new NotImplementedException();

    /// <summary>What the caller gave as the key when it was taken.</summary>
    public string Key => throw new NotImplementedException();

    public DateTimeOffset Taken => throw new NotImplementedException();

    /// <summary>What it takes up on disk.</summary>
    public long Bytes => throw new NotImplementedException();

    /// <summary>Labels of the processes that clones will have.</summary>
    public IReadOnlyList<string> Labels => throw new NotImplementedException();

    /// <summary>
    /// Opens one, and reads it through once: every byte is compared with the digest that it was written with (some milliseconds for each
    /// ten megabytes). Call it for those that will be needed before sandboxes are made, so that those get other user ids.
    /// </summary>
    /// <param name="key">What its key must be now.</param>
    /// <exception cref="SnapshotUnusableException">It is not there, damaged, or taken under other circumstances.</exception>
    public static Snapshot Open(string folder, string key, Snapshotter snapshotter) => throw new NotImplementedException();

    /// <summary>
    /// Removes what daemons that were killed have left among snapshots: folders that are not finished. Only where no other daemon writes.
    /// </summary>
    /// <param name="parent">The folder that snapshots lie in.</param>
    public static void Sweep(string parent) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
