using System.Globalization;
using Thaw.Linux;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Storage;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// A snapshot on disk: all processes of a sandbox, their memory, their connections, and /tmp. Nobody changes it after it was taken; any
/// number of clones may be restored from it, at once too. While it is open, the user ids of its processes are given to nobody else.
/// </summary>
public sealed class Snapshot : IDisposable
{
    /// <summary>Folders that are being written have this behind their name.</summary>
    private const string Unfinished = ".unfinished";

    // There is all the memory of a function in it.
    private const uint OnlyForUs = 0b111_000_000;

    // A function's links lead anywhere.
    private static readonly EnumerationOptions AllBelow = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    private readonly UserRange users;
    private readonly FileDescriptor opened;
    private int disposed;

    internal Snapshot(string folder, Manifest manifest)
    {
        (Folder, Manifest) = (folder, manifest);
        opened = Scratch.Folder(folder);
        users = UserRange.Share(manifest.FirstUser);
    }

    /// <summary>Absolute. Who deletes it disposes of this first; clones that run already need nothing of it.</summary>
    public string Folder { get; }

    /// <summary>The same, also after another one has come to that path: what belongs together is read together.</summary>
    internal string Place => string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{opened.Number}");

    /// <summary>What the caller gave as the key when it was taken.</summary>
    public string Key => Manifest.Key;

    public DateTimeOffset Taken => Manifest.Taken;

    /// <summary>What its files hold; of a file system for /tmp, what is in it.</summary>
    public long Bytes => Manifest.Files.Sum(file => Usage.Of(Path.Combine(Folder, file.Name)));

    /// <summary>What all files below a folder hold, in the same way.</summary>
    public static long BytesBelow(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", AllBelow).Sum(Usage.Of) : 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // One was being removed while it was looked at: the next look knows.
            return 0;
        }
    }

    /// <summary>Labels of the processes that clones will have.</summary>
    public IReadOnlyList<string> Labels => [.. Manifest.Link.Processes.Where(each => !each.HasExited).Select(each => each.Label)];

    /// <summary>
    /// The size of the empty file system that was /tmp, in megabytes: clones are made sooner with one that waits ready
    /// (<see cref="Furnishings.Temporary"/>). 0 when something was in it, or it was none.
    /// </summary>
    public int EmptyTemporaryMegabytes =>
        Manifest.Files.Any(file => file.Name == Manifest.TemporaryImage) ? 0 : Manifest.TemporaryMegabytes;

    internal Manifest Manifest { get; }

    /// <summary>
    /// Opens one, and reads it through once: every byte is compared with the digest that it was written with (some milliseconds for each
    /// ten megabytes). Its user ids are nobody else's already.
    /// </summary>
    /// <param name="key">What its key must be now.</param>
    /// <exception cref="SnapshotUnusableException">It is not there, damaged, or taken under other circumstances.</exception>
    public static Snapshot Open(string folder, string key, Snapshotter snapshotter)
    {
        var manifest = Read(folder);
        if (manifest.Key != key)
            throw new SnapshotUnusableException("what it was taken of has changed since");
        if (manifest.Circumstances.Difference(snapshotter.Circumstances) is { } difference)
            throw new SnapshotUnusableException(difference);
        if (!manifest.IsAsWritten)
            throw new SnapshotUnusableException($"it is damaged: its {Manifest.FileName} is not as it was written");
        if (manifest.Files.Select(file => file.Problem(folder)).FirstOrDefault(problem => problem is not null) is { } damage)
            throw new SnapshotUnusableException($"it is damaged: {damage}");
        try
        {
            return new(folder, manifest);
        }
        catch (Exception failure) when (failure is SandboxException or LinuxException)
        {
            throw new SnapshotUnusableException(failure.Message, failure);
        }
    }

    /// <summary>
    /// Removes what daemons that were killed have left among snapshots: folders that are not finished. Only where no other daemon writes.
    /// </summary>
    /// <param name="parent">The folder that snapshots lie in.</param>
    public static void Sweep(string parent)
    {
        if (!Directory.Exists(parent))
            return;
        foreach (var folder in Directory.EnumerateDirectories(parent, "*" + Unfinished).ToList())
            Leftovers.Remove(folder);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        users.GiveBack();
        opened.Dispose();
    }

    /// <summary>Writes one, all of it or nothing.</summary>
    /// <param name="write">Fills the folder that it is given.</param>
    internal static async Task<Snapshot> WriteAsync(string folder, Func<string, Task<Manifest>> write)
    {
        var unfinished = folder + Unfinished;
        if (Directory.Exists(folder))
            throw new SnapshotRefusedException($"{folder} exists already");
        try
        {
            Leftovers.Remove(unfinished);
            LinuxException.ThrowIfFailed(Syscalls.mkdir(unfinished, OnlyForUs), $"mkdir {unfinished}");
            var manifest = await write(unfinished).ConfigureAwait(false);
            await File.WriteAllBytesAsync(
                Path.Combine(unfinished, Manifest.FileName), ManifestText.Write(manifest)).ConfigureAwait(false);
            Directory.Move(unfinished, folder);
            return new(folder, manifest);
        }
        catch (Exception failure) when (
            failure is SnapshotRefusedException or IOException or LinuxException && Room.IsGone(unfinished))
        {
            throw new SnapshotRefusedException($"no room is left on the disk of {Path.GetDirectoryName(folder)}", failure)
            {
                IsFull = true,
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or LinuxException)
        {
            throw new SnapshotRefusedException($"its files cannot be written: {failure.Message.TrimEnd('.')}", failure);
        }
        finally
        {
            _ = Leftovers.TryRemove(unfinished);
        }
    }

    /// <summary>A new file system with what was in /tmp; null where that was a folder.</summary>
    /// <param name="directory">Where its file lies.</param>
    internal TmpImage? NewTemporary(string directory)
    {
        if (Manifest.TemporaryMegabytes == 0)
            return null;
        using var template = EmptyTemporaryMegabytes > 0
            ? TmpTemplate.Make(directory, TmpImagesOptions.UsualOwner, EmptyTemporaryMegabytes)
            : TmpTemplate.Of(directory, Path.Combine(Place, Manifest.TemporaryImage), Manifest.TemporaryMegabytes);
        return template.Copy();
    }

    private static Manifest Read(string folder)
    {
        try
        {
            return ManifestText.Read(File.ReadAllBytes(Path.Combine(folder, Manifest.FileName)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SnapshotUnusableException($"there is none in {folder}: {failure.Message.TrimEnd('.')}", failure);
        }
    }
}
