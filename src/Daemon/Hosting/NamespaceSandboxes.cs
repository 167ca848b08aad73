using System.Globalization;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Networks;

namespace Thaw.Daemon.Hosting;

/// <summary>Makes sandboxes of namespaces, in which a function sees its files as in AWS, and has what its configuration says.</summary>
internal sealed class NamespaceSandboxes : ISandboxKind
{
    private readonly string folder;
    private readonly RootFileSystem root;
    private readonly SandboxParts parts;
    private readonly bool allCpus;
    private int count;

    private NamespaceSandboxes(string folder, RootFileSystem root, SandboxParts parts, bool allCpus) =>
        (this.folder, this.root, this.parts, this.allCpus) = (folder, root, parts, allCpus);

    public string Name => "namespaces";

    /// <summary>Finds out, by making one, whether this machine can have such sandboxes.</summary>
    /// <param name="folder">For what they have in common, and for what they write; it is somebody else's to remove.</param>
    /// <param name="notice">Hears a line of each thing that they have to go without.</param>
    /// <exception cref="SandboxException">It cannot; the message says why.</exception>
    public static async Task<NamespaceSandboxes> ProbeAsync(string folder, SandboxWishes wishes, TimeProvider time, Action<string> notice)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            throw new SandboxException("only root on Linux can make them");
        CreateFolder(folder);
        var parts = await SandboxParts.TakeAsync(folder, wishes.Network, time, notice);
        try
        {
            var names = parts.Nat?.Names.ResolvConf ?? "";
            var root = RootFileSystem.Make(Path.Combine(folder, "root"), NamespaceSandboxOptions.UsualHostName, names);
            var kind = new NamespaceSandboxes(folder, root, parts, wishes.AllCpus);
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
        return new EmptyNamespaces(sandbox, parts.Images, allCpus);
    }

    public ValueTask DisposeAsync() => parts.DisposeAsync();

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
        return new() { Root = root, TemporaryFolder = Path.Combine(folder, "tmp", number) };
    }
}
