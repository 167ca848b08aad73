using System.Collections.Concurrent;
using System.Globalization;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.Environments.Snapshots;

/// <summary>
/// Where snapshots of published versions lie; spec 7.1.
/// <code>
///   folder/hello/3/memory/              processes, memory, /tmp
///                  environment.json     what they rely on
///   folder/hello/4.1.new/               being taken, the first since the daemon's start
/// </code>
/// The user ids of all that lie there are set aside, open or not: environments of another function never get them.
/// </summary>
/// <param name="folder">Absolute; made when the first one is taken.</param>
internal sealed class SnapshotShelf(string folder, TimeProvider time)
{
    /// <summary>Memory may hold anything, and other users of this machine are to see none of it.</summary>
    private const UnixFileMode OnlyForUs = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const string Memory = "memory", Unfinished = ".new", Doomed = ".old";

    private static readonly TimeSpan Often = TimeSpan.FromMinutes(1);

    private readonly Lock moving = new();

    private readonly ConcurrentDictionary<VersionId, ReservedUsers> users = new();
    private readonly ConcurrentDictionary<VersionId, long> noted = new();
    private int count;

    /// <summary>Bytes of all that lie there, without holes.</summary>
    public long Bytes() => Snapshot.BytesBelow(folder);

    /// <summary>Whether there is one; whether it is of use shows when it is opened.</summary>
    public bool Has(VersionId version) => Directory.Exists(FolderOf(version));

    /// <summary>Opens one, and looks whether it is whole.</summary>
    /// <exception cref="SnapshotUnusableException">It is not.</exception>
    public EnvironmentSnapshot Open(VersionId version, string key, Snapshotter snapshotter)
    {
        var place = FolderOf(version);
        NoteUse(version);
        var notes = SnapshotNotesFile.TryRead(place) ?? throw new SnapshotUnusableException($"{SnapshotNotesFile.Name} is damaged");
        return new EnvironmentSnapshot(Snapshot.Open(Path.Combine(place, Memory), key, snapshotter), notes);
    }

    /// <summary>It has been used. Written down once a minute at most.</summary>
    public void NoteUse(VersionId version)
    {
        var now = time.GetTimestamp();
        if (noted.TryGetValue(version, out var last) && time.GetElapsedTime(last, now) < Often)
            return;
        noted[version] = now;
        try
        {
            Directory.SetLastWriteTimeUtc(FolderOf(version), time.GetUtcNow().UtcDateTime);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It may be the first to go then, and is taken anew.
        }
    }

    /// <summary>Puts one there in the place of an older one; all of it, or nothing.</summary>
    /// <param name="take">Takes it into a folder that does not exist yet.</param>
    public async Task PutAsync(VersionId version, Func<string, Task<SnapshotNotes>> take)
    {
        var place = FolderOf(version);
        var unfinished = string.Create(CultureInfo.InvariantCulture, $"{place}.{Interlocked.Increment(ref count)}{Unfinished}");
        Leftovers.Remove(unfinished);
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, OnlyForUs);
        Directory.CreateDirectory(unfinished);
        try
        {
            SnapshotNotesFile.Write(unfinished, await take(Path.Combine(unfinished, Memory)));
            Directory.SetLastWriteTimeUtc(unfinished, time.GetUtcNow().UtcDateTime);
            lock (moving)
            {
                Remove(version);
                Directory.Move(unfinished, place);
                SetUsersAside(version, place);
            }
        }
        catch
        {
            _ = Leftovers.TryRemove(unfinished);
            throw;
        }
    }

    /// <summary>The one that was opened longest ago; null when there is no other.</summary>
    public VersionId? LongestUnused(VersionId butFor) => WholePlaces()
        .Select(place => (Version: VersionAt(place), Used: Directory.GetLastWriteTimeUtc(place)))
        .Where(one => one.Version != butFor)
        .OrderBy(one => one.Used)
        .Select(one => (VersionId?)one.Version)
        .FirstOrDefault();

    /// <summary>All that lie there.</summary>
    public IReadOnlyList<VersionId> All() => [.. WholePlaces().Select(VersionAt)];

    /// <summary>It is not there any more, or never was.</summary>
    public void Remove(VersionId version)
    {
        var place = FolderOf(version);
        lock (moving)
        {
            if (!Directory.Exists(place))
                return;

            // In one step: who dies in the middle leaves nothing that looks whole.
            Leftovers.Remove(place + Doomed);
            Directory.Move(place, place + Doomed);
            GiveUsersBack(version);
            Leftovers.Remove(place + Doomed);
        }
    }

    /// <summary>
    /// Removes what daemons that died have not finished, and whatever nobody wants any more; sets the user ids of the others aside. Before
    /// anything is taken or restored.
    /// </summary>
    /// <param name="notice">Hears of what could not be removed.</param>
    public void Sweep(Func<VersionId, bool> isWanted, Action<string> notice)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var function in Directory.EnumerateDirectories(folder))
        {
            var kept = 0;
            foreach (var version in Directory.EnumerateDirectories(function))
            {
                GiveUsersBack(VersionAt(version));
                if (isWanted(VersionAt(version)) && SetUsersAside(VersionAt(version), version))
                    kept++;
                else if (Leftovers.TryRemove(version) is { } reason)
                    notice($"what is left in {version} could not be removed: {reason}");
            }

            if (kept == 0)
                _ = Leftovers.TryRemove(function);
        }
    }

    /// <summary>Not if another one has them already: older daemons gave the same to two.</summary>
    private bool SetUsersAside(VersionId version, string place)
    {
        if (ReservedUsers.Of(Path.Combine(place, Memory)) is not { } found)
            return true;
        if (users.Values.All(other => other.First != found.First) && users.TryAdd(version, found))
            return true;
        found.Dispose();
        return false;
    }

    private void GiveUsersBack(VersionId version)
    {
        if (users.TryRemove(version, out var given))
            given.Dispose();
    }

    // Others are being written or removed, or are no snapshots of versions.
    private IEnumerable<string> WholePlaces() => !Directory.Exists(folder) ? [] : Directory.EnumerateDirectories(folder)
        .SelectMany(function => Directory.EnumerateDirectories(function))
        .Where(place => !Path.GetFileName(place).Contains('.', StringComparison.Ordinal)
            && File.Exists(Path.Combine(place, SnapshotNotesFile.Name)));

    private static VersionId VersionAt(string place) => new(Path.GetFileName(Path.GetDirectoryName(place)!), Path.GetFileName(place));

    private string FolderOf(VersionId version) => Path.Combine(folder, version.Function, version.Version);
}
