using System.Net;
using System.Net.Sockets;
using Thaw.Linux;
using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Networks;
using Thaw.Sandboxing.Snapshots;
using Thaw.Sandboxing.Storage;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>What a sandbox of namespaces has on the machine beside its agent: all of it is given back when the agent is gone.</summary>
/// <param name="ownsUsers">The users of the options are given back with the rest.</param>
internal sealed class Premises(NamespaceSandboxOptions options, bool ownsUsers = false)
{
    private const uint OnlyForItsUser = 0b111_000_000;

    /// <summary>Processes that a worker of CRIU's has beside those that it restores.</summary>
    private const int OfWorker = 16;

    private NetworkNamespace? network;
    private MountNamespace? files;
    private Task<NatLink?> wayOut = Task.FromResult<NatLink?>(null);
    private volatile Furnishings furnishings = new();
    private bool isHoused;

    public NamespaceSandboxOptions Options => options;

    /// <summary>Has the limits, and freezes; the options' own, if they have one. Removed with the rest.</summary>
    public EnvironmentGroup? Group { get; private set; } = options.Group;

    /// <summary>Who live there.</summary>
    public UserRange Users { get; } = options.Users
        ?? (PlainUser.IsOwnMaster ? UserRange.OfThisProcess() : UserRange.Take(forSnapshot: options.Snapshotter is not null));

    /// <summary>The way out, once it is there; null when there is none.</summary>
    public NatLink? WayOut => wayOut.IsCompletedSuccessfully ? wayOut.Result : null;

    /// <summary><c>/tmp</c> is still the sandbox's folder.</summary>
    public bool HasTemporaryFolder => furnishings.Temporary is null;

    /// <summary>What its agent was loaded from is nowhere to be found inside.</summary>
    public bool HasRootOfItsOwn => furnishings.Root is not null;

    /// <summary>The file of the image that is <c>/tmp</c>, where a snapshot may need it.</summary>
    public TmpFile? TemporaryFile { get; private set; }

    /// <summary>What all that run inside may hold together, as they are told.</summary>
    public long MemoryBytes => furnishings.MemoryBytes;

    /// <summary>The agent makes a network for itself: not where it shares the machine's, nor where its launcher's is for it.</summary>
    public bool MakesNetwork => !options.SharesNetwork && WayOut is null;

    /// <summary>
    /// The agent will be in the group that its launcher waits in, or else in a new one, if the options have none. It stays in its
    /// launcher's network if it wants a way out, and no snapshot: that has to have networks of its own users.
    /// </summary>
    /// <exception cref="SandboxException">The kernel makes none.</exception>
    public void House(Launcher? waiting)
    {
        if (waiting?.TakeWayOut() is { } its)
        {
            if (options is { Nat: not null, Snapshotter: null })
                wayOut = Task.FromResult<NatLink?>(its);
            else
                _ = Task.Run(its.Dispose);
        }

        if (Group is not null)
            return;
        Group = waiting?.TakeGroup();
        isHoused = Group is not null;
        Group ??= options.Launchers?.NewGroup();
    }

    /// <summary>
    /// Takes hold of the namespaces of an agent that has just come there, and puts it under its limits. Listens inside. The way out is
    /// begun: the kernel lets it wait for several milliseconds, and nobody needs it yet.
    /// </summary>
    /// <param name="agent">Its id on the machine.</param>
    /// <param name="api">Where to listen, on a loopback that is the sandbox's own.</param>
    public async Task<Socket> EnterAsync(int agent, IPEndPoint api)
    {
        files = MountNamespace.Of(agent);
        network = options.SharesNetwork ? null : NetworkNamespace.Of(agent);
        var listener = network is null ? MachineLoopback.Listen() : await network.ListenAsync(api).ConfigureAwait(false);
        try
        {
            options.Place?.Invoke(agent);
            if (!isHoused)
                Group?.Add(agent);
            if (options.Nat is { } nat && network is not null && WayOut is null)
                wayOut = Task.Run<NatLink?>(() => nat.Connect(agent));
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Waits inside for the control link of an agent that dials.</summary>
    public Task<Socket> ListenForLinkAsync(IPEndPoint control) => network!.ListenAsync(control);

    /// <summary>On return, all is there that was begun.</summary>
    /// <exception cref="SandboxException">There is no way out to be had.</exception>
    public Task SettleAsync() => wayOut;

    /// <summary>Nobody of the function's is in there yet.</summary>
    /// <exception cref="LinuxException">Something does not exist, here or inside.</exception>
    public async Task FurnishAsync(Furnishings more)
    {
        var mounts = new List<(FileDescriptor Mount, string Inside)>();
        try
        {
            Open(more, mounts);
            if (more.Limits is { } limits)
                Group?.Limit(limits);
            var mayBeSnapshotted = options.Snapshotter is not null;
            await (more.Root is null ? files!.AttachAsync(mounts, instead: mayBeSnapshotted) : files!.ReplaceAsync(mounts))
                .ConfigureAwait(false);
            furnishings = more;
            if (mayBeSnapshotted)
                TemporaryFile = more.Temporary?.File?.Share();
        }
        finally
        {
            foreach (var (mount, _) in mounts)
                mount.Dispose();
        }
    }

    /// <summary>What every sandbox has, as mounts, each with its place inside: the root first.</summary>
    /// <param name="mounts">Gets them, also those that were there before one could not be opened: the caller's.</param>
    /// <exception cref="LinuxException">Something does not exist.</exception>
    public void OpenUsual(AgentInside agent, List<(FileDescriptor Mount, string Inside)> mounts)
    {
        foreach (var file in agent.Files.Where(each => File.Exists(each.Path)))
            options.Root.MakePlace(file.Inside);
        mounts.AddRange(options.Root.Mounts());
        foreach (var each in agent.Files)
            mounts.Add((DetachedMount.Of(each.Path, DetachedMount.ReadOnly), each.Inside));
    }

    /// <summary>Makes again what the original of a clone had in its /tmp. Blocks.</summary>
    /// <returns>Its file system; null where it was a folder, and is one again.</returns>
    public TmpImage? Restock(Snapshot snapshot)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(options.TemporaryFolder)!);
        if (snapshot.NewTemporary(Path.GetDirectoryName(options.TemporaryFolder)!) is { } image)
            return image;
        FolderCopy.Make(Path.Combine(snapshot.Place, Manifest.TemporaryFolder), options.TemporaryFolder);
        return null;
    }

    /// <summary>What a worker restores comes into the group here: the one that it waits in, if the options have none.</summary>
    /// <exception cref="SandboxException">The worker has died.</exception>
    public async Task HouseAsync(CriuWorker worker)
    {
        if (Group is not null)
            await worker.JoinAsync(Group).ConfigureAwait(false);
        else
            Group = worker.TakeGroup();
    }

    /// <summary>Opens all that a clone has, lends it, and closes it.</summary>
    public async Task<bool> WithMountsAsync(Furnishings all, Func<IReadOnlyList<(FileDescriptor Mount, string Inside)>, Task> work)
    {
        var mounts = new List<(FileDescriptor Mount, string Inside)>();
        try
        {
            if (all.Root is null)
                OpenUsual(AgentInside.Of(options.Agent ?? AgentProgram.Find(), whole: true), mounts);
            Open(all, mounts);
            if (all.Root is null && all.Temporary is null)
                mounts.Add((TemporaryFolder(), "/tmp"));

            // Who restores is in the group, too: with a tenth of a processor it would take ten times as long.
            if (all.Limits is { } limits)
                Group?.Limit(limits with { Cpus = Environment.ProcessorCount, Processes = limits.Processes + OfWorker });
            await work(mounts).ConfigureAwait(false);
            return true;
        }
        finally
        {
            foreach (var (mount, _) in mounts)
                mount.Dispose();
        }
    }

    /// <summary>What a function's furnishings are, as mounts, each with its place inside.</summary>
    /// <param name="mounts">Gets them, also those that were there before one could not be opened: the caller's.</param>
    /// <exception cref="LinuxException">Something does not exist.</exception>
    public void Open(Furnishings more, List<(FileDescriptor Mount, string Inside)> mounts)
    {
        if (more.Root is { } root)
            mounts.AddRange(options.Root.Images.Mounts(root, options.Agent ?? AgentProgram.Find()));
        foreach (var each in more.Mounts)
        {
            if (File.Exists(each.Path))
                options.Root.MakePlace(each.Inside);
            mounts.Add((DetachedMount.Of(each.Path, DetachedMount.ReadOnly), each.Inside));
        }

        if (more.Temporary is { } temporary)
            mounts.Add((temporary.Mount, "/tmp"));
        else if (more.Root is not null)
            mounts.Add((TemporaryFolder(), "/tmp"));
    }

    /// <summary>Takes hold of a clone that is being restored: its processes are not there yet, but their network is.</summary>
    /// <param name="first">The first of them, on the machine.</param>
    /// <param name="api">Where to listen.</param>
    /// <param name="connections">Makes what has to be there before anybody listens.</param>
    /// <param name="alias">An address that the original had.</param>
    public async Task<Socket> EnterCloneAsync(int first, IPEndPoint api, Func<NetworkNamespace, Task> connections, IPAddress? alias)
    {
        network = NetworkNamespace.Of(first);
        using (var any = await network.NewSocketAsync(AddressFamily.InterNetwork).ConfigureAwait(false))
            NetworkNamespace.SwitchOnLoopback(any);
        if (options.Nat is { } nat)
            wayOut = Task.Run<NatLink?>(() => nat.Connect(first, alias));
        await connections(network).ConfigureAwait(false);

        // The original's address must be there before its sockets are.
        if (alias is not null)
            await wayOut.ConfigureAwait(false);
        return await network.ListenAsync(api).ConfigureAwait(false);
    }

    /// <summary>The processes of a clone are there.</summary>
    public void SettleClone(int first, Furnishings more)
    {
        files = MountNamespace.Of(first);
        furnishings = more;
        if (more.Limits is { } limits)
            Group?.Limit(limits);
    }

    /// <summary>To somebody who listens inside.</summary>
    public Task<Stream> ConnectAsync(int port, CancellationToken stop) =>
        network is null ? MachineLoopback.ConnectAsync(port, stop) : network.ConnectAsync(port, stop);

    /// <summary>
    /// Where something lies on the machine that those inside see under this name, whether it exists or not. Links are followed as they see
    /// them: none of theirs leads us to files of the machine that they do not see. Null when they lead nowhere.
    /// </summary>
    public string? OnMachine(string inside)
    {
        var now = furnishings;
        IEnumerable<MountInside> folders = now.Temporary is null ? now.Mounts.Append(new(options.TemporaryFolder, "/tmp")) : now.Mounts;
        return LinkWalk.Follow(inside, path => LinkWalk.LinkAt(Place(path))) is { } end ? Place(end) : null;

        string Place(string path) => folders.FirstOrDefault(each => RootFileSystem.IsBelow(path, each.Inside)) is { } found
            ? found.Path + path[found.Inside.Length..]
            : now.Root is { } image ? image.Folder + path : options.Root.OnMachine(path);
    }

    /// <summary>The folder that is <c>/tmp</c> until another one comes there.</summary>
    public FileDescriptor TemporaryFolder()
    {
        Directory.CreateDirectory(options.TemporaryFolder);
        LinuxException.ThrowIfFailed(Syscalls.chmod(options.TemporaryFolder, OnlyForItsUser), "chmod");
        var temporary = DetachedMount.Of(options.TemporaryFolder, DetachedMount.Writable);
        if (!PlainUser.IsOwnMaster)
            DetachedMount.GiveTo(temporary, Users.Inhabitant);
        return temporary;
    }

    /// <summary>Everybody has left. Takes the kernel its time.</summary>
    public async Task GiveBackAsync()
    {
        network?.Dispose();
        files?.Dispose();
        TemporaryFile?.Dispose();
        await Task.Yield();    // This may be a socket's thread.
        await CloseWayOutAsync().ConfigureAwait(false);
        try
        {
            await (Group?.RemoveAsync(options.DestroyLimit) ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (SandboxException)
        {
            // The next sweep tries again.
        }

        RemoveTemporaryFolder();
        if (options.Users is null || ownsUsers)
            Users.GiveBack();
    }

    private async Task CloseWayOutAsync()
    {
        try
        {
            (await wayOut.ConfigureAwait(false))?.Dispose();
        }
        catch (Exception failure) when (failure is SandboxException or LinuxException or ObjectDisposedException)
        {
            // There was none to be had, and that has been told.
        }
    }

    private void RemoveTemporaryFolder()
    {
        try
        {
            if (Directory.Exists(options.TemporaryFolder))
                Directory.Delete(options.TemporaryFolder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Deeper than a path may be long, or with names that are no text: who wrote there may have meant to.
            RemoveByProgram(options.TemporaryFolder);
        }
    }

    private static void RemoveByProgram(string folder)
    {
        try
        {
            _ = HostProgram.Find("rm")?.Run(["-rf", "--", folder]);
        }
        catch (SandboxException)
        {
            // The folder that it lies in goes some time, with all that is in it.
        }
    }
}
