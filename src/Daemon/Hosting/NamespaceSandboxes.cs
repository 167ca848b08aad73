using System.Globalization;
using Thaw.Environments;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Namespaces;

namespace Thaw.Daemon.Hosting;

/// <summary>Makes sandboxes of namespaces, in which a function sees its files as in AWS.</summary>
internal sealed class NamespaceSandboxes : ISandboxKind
{
    private readonly string folder;
    private readonly RootFileSystem root;
    private int count;

    private NamespaceSandboxes(string folder, RootFileSystem root) => (this.folder, this.root) = (folder, root);

    public string Name => "namespaces";

    /// <summary>Finds out, by making one, whether this machine can have such sandboxes.</summary>
    /// <param name="folder">For what they have in common, and for what they write; it is somebody else's to remove.</param>
    /// <exception cref="SandboxException">It cannot; the message says why.</exception>
    public static async Task<NamespaceSandboxes> ProbeAsync(string folder)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            throw new SandboxException("only root on Linux can make them");
        var kind = new NamespaceSandboxes(folder, RootFileSystem.Make(Path.Combine(folder, "root"), NamespaceSandboxOptions.UsualHostName));
        await using var probe = await NamespaceSandbox.CreateAsync(kind.NewOptions());
        return kind;
    }

    public async Task<EnvironmentHome> CreateAsync(EnvironmentPlan plan)
    {
        var paths = PathsInside.OfLambda(plan);
        var options = NewOptions() with { Mounts = [.. paths.Mounts.Select(mount => new MountInside(mount.Path, mount.Inside))] };
        return new(await NamespaceSandbox.CreateAsync(options), paths);
    }

    public void Dispose()
    {
    }

    private NamespaceSandboxOptions NewOptions()
    {
        var number = Interlocked.Increment(ref count).ToString(CultureInfo.InvariantCulture);
        return new() { Root = root, TemporaryFolder = Path.Combine(folder, "tmp", number) };
    }
}
