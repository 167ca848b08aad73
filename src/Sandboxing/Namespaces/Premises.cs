using System.Net;
using System.Net.Sockets;
using Thaw.Linux;
using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Networks;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>What a sandbox of namespaces has on the machine beside its agent: all of it is given back when the agent is gone.</summary>
internal sealed class Premises(NamespaceSandboxOptions options)
{
    private const uint OnlyForItsUser = 0b111_000_000;

    private NetworkNamespace? network;
    private MountNamespace? files;
    private Task<NatLink?> wayOut = Task.FromResult<NatLink?>(null);
    private volatile Furnishings furnishings = new();

    public NamespaceSandboxOptions Options => options;

    /// <summary>Who live there.</summary>
    public UserRange Users { get; } = options.Users ?? (PlainUser.IsOwnMaster ? UserRange.OfThisProcess() : UserRange.Take());

    /// <summary>What all that run inside may hold together, as they are told.</summary>
    public long MemoryBytes => furnishings.MemoryBytes;

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
            options.Group?.Add(agent);
            if (options.Nat is { } nat && network is not null)
                wayOut = Task.Run<NatLink?>(() => nat.Connect(agent));
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

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
            if (more.Limits is { } limits)
                options.Group?.Limit(limits);
            await (more.Root is null ? files!.AttachAsync(mounts) : files!.ReplaceAsync(mounts)).ConfigureAwait(false);
            furnishings = more;
        }
        finally
        {
            foreach (var (mount, _) in mounts)
                mount.Dispose();
        }
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
        await Task.Yield();    // This may be a socket's thread.
        await CloseWayOutAsync().ConfigureAwait(false);
        try
        {
            await (options.Group?.RemoveAsync(options.DestroyLimit) ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (SandboxException)
        {
            // The next sweep tries again.
        }

        RemoveTemporaryFolder();
        if (options.Users is null)
            Users.GiveBack();
    }

    private async Task CloseWayOutAsync()
    {
        try
        {
            (await wayOut.ConfigureAwait(false))?.Dispose();
        }
        catch (Exception failure) when (failure is SandboxException or ObjectDisposedException)
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
