using System.Globalization;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Networks;
using Thaw.Sandboxing.Processes;

namespace Thaw.Daemon.Hosting;

/// <summary>Makes sandboxes of namespaces, in which a function sees its files as in AWS, and has what its configuration says.</summary>
internal sealed class NamespaceSandboxes : ISandboxKind
{
    private readonly string folder;
    private readonly RootFileSystem root;
    private readonly SandboxParts parts;
    private readonly bool allCpus;
    private readonly MemoryWatch? watch;
    private int count;

    private NamespaceSandboxes(string folder, RootFileSystem root, SandboxParts parts, bool allCpus, MemoryWatch? watch) =>
        (this.folder, this.root, this.parts, this.allCpus, this.watch) = (folder, root, parts, allCpus, watch);

    public string Name => "namespaces";

    /// <summary>Finds out, by making one, whether this machine can have such sandboxes.</summary>
    /// <param name="folder">For what they have in common, and for what they write; it is somebody else's to remove.</param>
    /// <param name="notice">Hears a line of each thing that they have to go without.</param>
    /// <exception cref="SandboxException">It cannot; the message says why.</exception>
    public static async Task<NamespaceSandboxes> ProbeAsync(string folder, SandboxWishes wishes, TimeProvider time, Action<string> notice)
    {
        if (!PlainUser.MayMakeSandboxes)
            throw new SandboxException(PlainUser.WhyNot()?.ToString() ?? "this process is in no namespaces of its own");
        CreateFolder(folder);
        var parts = await SandboxParts.TakeAsync(folder, wishes.Network, time, notice);
        try
        {
            var names = parts.Nat?.Names.ResolvConf ?? "";
            var root = RootFileSystem.Make(Path.Combine(folder, "root"), NamespaceSandboxOptions.UsualHostName, names);
            var watch = wishes.EnforceMemory && parts.Groups is not { LimitsMemory: true } ? new MemoryWatch(time) : null;
            var kind = new NamespaceSandboxes(folder, root, parts, wishes.AllCpus, watch);
            await using var probe = await NamespaceSandbox.CreateAsync(kind.NewOptions());
            return kind;
        }
        catch
        {
            await parts.DisposeAsync();
            throw;
        }
    }

    public async Task<IEmptySandbox> MakeAsync(NetworkKind network)
    {
        var options = NewOptions();
        var group = parts.Groups?.Create(Path.GetFileName(options.TemporaryFolder), EmptyNamespaces.Unfurnished);
        var sandbox = await NamespaceSandbox.CreateAsync(options with
        {
            Group = group,
            SharesNetwork = network == NetworkKind.Host,
            Nat = network == NetworkKind.Nat ? parts.Nat : null,
        });
        return new EmptyNamespaces(sandbox, parts.TakeTmp, allCpus);
    }

    public ValueTask DisposeAsync()
    {
        watch?.Dispose();
        return parts.DisposeAsync();
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

    private NamespaceSandboxOptions NewOptions()
    {
        var number = Interlocked.Increment(ref count).ToString(CultureInfo.InvariantCulture);
        return new() { Root = root, TemporaryFolder = Path.Combine(folder, "tmp", number), MemoryWatch = watch };
    }
}
