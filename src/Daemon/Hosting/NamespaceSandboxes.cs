using System.Globalization;
using Thaw.Environments;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Networks;
using Thaw.Sandboxing.Processes;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.Daemon.Hosting;

/// <summary>Makes sandboxes of namespaces, in which a function sees its files as in AWS, and has what its configuration says.</summary>
internal sealed class NamespaceSandboxes : ISandboxKind
{
    /// <summary>For starts that find no sandbox ready.</summary>
    private const int ReadyLaunchers = 2;

    private readonly string folder;
    private readonly string data;
    private readonly RootFileSystem root;
    private readonly SandboxParts parts;
    private readonly bool allCpus;
    private readonly long mostSnapshotBytes;
    private readonly TimeProvider time;
    private readonly MemoryWatch? watch;
    private readonly Launchers launchers;
    private int count;

    private NamespaceSandboxes(string folder, string data, RootFileSystem root, SandboxParts parts, SandboxWishes wishes, TimeProvider time)
    {
        (this.folder, this.data, this.root, this.parts, this.time, allCpus) = (folder, data, root, parts, time, wishes.AllCpus);
        mostSnapshotBytes = wishes.MostSnapshotBytes;
        var usual = wishes.Network == NetworkKind.Nat ? parts.Nat : null;
        launchers = new(AgentProgram.Find(), ReadyLaunchers, parts.Groups is null ? null : NewGroup, usual, time);
        watch = wishes.EnforceMemory && parts.Groups is not { LimitsMemory: true } ? new MemoryWatch(time) : null;
    }

    public string Name => "namespaces";

    /// <summary>Finds out, by making one, whether this machine can have such sandboxes.</summary>
    /// <param name="folder">For what they have in common, and for what they write; it is somebody else's to remove.</param>
    /// <param name="notice">Hears a line of each thing that they have to go without.</param>
    /// <exception cref="SandboxException">It cannot; the message says why.</exception>
    /// <param name="data">For what is remembered longer than this process lives.</param>
    public static async Task<NamespaceSandboxes> ProbeAsync(
        string folder, string data, SandboxWishes wishes, TimeProvider time, Action<string> notice)
    {
        if (!PlainUser.MayMakeSandboxes)
            throw new SandboxException(PlainUser.WhyNot()?.ToString() ?? "this process is in no namespaces of its own");
        CreateFolder(folder);
        var parts = await SandboxParts.TakeAsync(folder, wishes.Network, time, notice);
        try
        {
            var names = parts.Nat?.Names.ResolvConf ?? "";
            var root = RootFileSystem.Make(Path.Combine(folder, "root"), NamespaceSandboxOptions.UsualHostName, names);
            await using var probe = await NamespaceSandbox.CreateAsync(
                new() { Root = root, TemporaryFolder = Path.Combine(folder, "tmp", "probe") });
            return new(folder, data, root, parts, wishes, time);
        }
        catch
        {
            await parts.DisposeAsync();
            throw;
        }
    }

    public async Task<IEmptySandbox> MakeAsync(NetworkKind network, Snapshotter? snapshotter = null) => new EmptyNamespaces(
        await NamespaceSandbox.CreateAsync(NewOptions(network, snapshotter)), parts.TakeTmp, allCpus);

    /// <summary>Takes half a second on a machine where nobody has tried yet whether it works.</summary>
    public Task<Snapshotter> StartSnapshotterAsync()
    {
        if (PlainUser.IsOwnMaster)
            throw new SandboxException("only root can restore processes from a snapshot (fix: run thaw as root)");
        return Snapshotter.StartAsync(
            new()
            {
                Folder = Path.Combine(data, "snapshots"),
                Time = time,
                MostBytes = mostSnapshotBytes,
                NewGroup = parts.Groups is null ? null : NewGroup,
            },
            () => NewOptions());
    }

    public async Task<RestoredHome> RestoreAsync(
        EnvironmentPlan plan, NetworkKind network, Snapshot snapshot, Snapshotter snapshotter, Func<string, IProcessOutput> outputOf)
    {
        var (paths, furnishings) = EmptyNamespaces.FurnishingsOf(plan, allCpus);
        var megabytes = snapshot.EmptyTemporaryMegabytes;
        var temporary = megabytes > 0 && parts.TakeTmp is { } take ? await take(megabytes) : null;
        var options = NewOptions(network, snapshotter);
        var clone = await NamespaceSandbox.RestoreAsync(
            snapshot, options, furnishings with { Temporary = temporary }, outputOf, CancellationToken.None);
        return new(clone, paths);
    }

    public async ValueTask DisposeAsync()
    {
        watch?.Dispose();
        await launchers.DisposeAsync();
        await parts.DisposeAsync();
    }

    private static void CreateFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException($"cannot create {folder}: {failure.Message} (fix: --data names a folder to write to)", failure);
        }
    }

    private EnvironmentGroup NewGroup() => parts.Groups!.Create(NextNumber(), EmptyNamespaces.Unfurnished);

    private NamespaceSandboxOptions NewOptions(NetworkKind network = NetworkKind.Loopback, Snapshotter? snapshotter = null) => new()
    {
        Root = root,
        TemporaryFolder = Path.Combine(folder, "tmp", NextNumber()),
        MemoryWatch = watch,
        SharesNetwork = network == NetworkKind.Host,
        Nat = network == NetworkKind.Nat ? parts.Nat : null,
        Snapshotter = snapshotter,
        Launchers = launchers,
    };

    private string NextNumber() => Interlocked.Increment(ref count).ToString(CultureInfo.InvariantCulture);
}
