using System.Globalization;
using Thaw.Linux;
using Thaw.Sandboxing.Namespaces;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// Where the mounts of a clone are for the worker that restores it.
/// <code>
///   /usr, with what is mounted below it --attach--&gt; /run/m2, /run/m2/lib/modules --move--&gt; /run/m2 and /run/m7
/// </code>
/// Each is by itself then: CRIU takes none that has others below it.
/// </summary>
internal sealed class MountPlaces
{
    private readonly Dictionary<string, string> places = [];
    private readonly CriuWorker worker;

    private MountPlaces(CriuWorker worker) => this.worker = worker;

    /// <summary>Places them.</summary>
    /// <param name="mounts">All that the clone gets, each with its place inside; the root first.</param>
    /// <param name="original">The places inside that its original had, without the root.</param>
    /// <exception cref="SnapshotUnusableException">The original had other mounts.</exception>
    internal static async Task<MountPlaces> OfAsync(
        CriuWorker worker, IReadOnlyList<(FileDescriptor Mount, string Inside)> mounts, IReadOnlyList<string> original)
    {
        var places = new MountPlaces(worker);
        using var files = MountNamespace.Of(worker.Pid);
        await places.AttachAsync(files, mounts, original).ConfigureAwait(false);

        // The innermost first: others would take it along.
        await places.MoveOutAsync(files, [.. original.Where(inside => !places.places.ContainsKey(inside))
            .OrderByDescending(inside => inside.Length)]).ConfigureAwait(false);
        return places;
    }

    /// <summary>For the worker.</summary>
    /// <param name="inside">For those inside.</param>
    internal string Of(string inside) => places[inside];

    private async Task AttachAsync(
        MountNamespace files, IReadOnlyList<(FileDescriptor Mount, string Inside)> mounts, IReadOnlyList<string> original)
    {
        var placed = new List<(FileDescriptor Mount, string Inside)>();
        foreach (var (mount, inside) in mounts)
        {
            if (inside != "/" && !original.Contains(inside))
                throw new SnapshotUnusableException($"it was taken of a sandbox that had nothing at {inside}");
            placed.Add((mount, Make(inside, like: string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{mount.Number}"))));
        }

        await files.AttachAsync(placed).ConfigureAwait(false);
    }

    private async Task MoveOutAsync(MountNamespace files, IReadOnlyList<string> nested)
    {
        if (nested.Count == 0)
            return;
        var from = nested.Select(OuterPlaceOf).ToList();
        var root = string.Create(CultureInfo.InvariantCulture, $"/proc/{worker.Pid}/root");
        var to = nested.Select((inside, i) => Make(inside, like: root + from[i])).ToList();
        try
        {
            await files.MoveAsync([.. from.Zip(to)]).ConfigureAwait(false);
        }
        catch (LinuxException gone)
        {
            throw new SnapshotUnusableException($"it was taken of a sandbox that had more mounts: {gone.Message}", gone);
        }
    }

    private string OuterPlaceOf(string inside)
    {
        for (var outer = Path.GetDirectoryName(inside); outer is not (null or "/"); outer = Path.GetDirectoryName(outer))
        {
            if (places.TryGetValue(outer, out var found))
                return found + inside[outer.Length..];
        }

        throw new SnapshotUnusableException($"it was taken of a sandbox that had something at {inside}");
    }

    // A folder, or a file, like that which will be there.
    private string Make(string inside, string like)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"m{places.Count}");
        if (Directory.Exists(like))
            Directory.CreateDirectory(worker.Scratch.In(name));
        else
            File.WriteAllBytes(worker.Scratch.In(name), []);
        return places[inside] = $"/run/{name}";
    }
}
