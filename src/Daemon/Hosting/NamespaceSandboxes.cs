using System.Globalization;
using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Storage;

namespace Thaw.Daemon.Hosting;

/// <summary>Makes sandboxes of namespaces, in which a function sees its files as in AWS, and has what its configuration says.</summary>
internal sealed class NamespaceSandboxes : ISandboxKind
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>The agent and what the kernel itself keeps of a sandbox are no function's memory, in bytes.</summary>
    private const long BesideTheFunction = 16L * 1024 * 1024;

    /// <summary>Processes and threads of a function, and of the agent; spec 6.4.</summary>
    private const int MostProcesses = 1024 + 8;

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
        Directory.CreateDirectory(folder);
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

    public async Task<EnvironmentHome> CreateAsync(EnvironmentPlan plan)
    {
        var paths = PathsInside.OfLambda(plan);
        TmpImage? temporary = null;
        EnvironmentGroup? group = null;
        try
        {
            temporary = parts.Images is null ? null : await parts.Images.TakeAsync(plan.Function.StorageMegabytes);
            var options = NewOptions();
            group = parts.Groups?.Create(Path.GetFileName(options.TemporaryFolder), LimitsOf(plan.Function));
            return new(
                await NamespaceSandbox.CreateAsync(options with
                {
                    Mounts = [.. paths.Mounts.Select(mount => new MountInside(mount.Path, mount.Inside))],
                    Temporary = temporary,
                    Group = group,
                    MemoryBytes = plan.Function.MemoryMegabytes * Megabyte,
                    Nat = parts.Nat,
                }),
                paths);
        }
        catch
        {
            temporary?.Dispose();
            await (group?.RemoveAsync(TimeSpan.Zero) ?? Task.CompletedTask);
            throw;
        }
    }

    public ValueTask DisposeAsync() => parts.DisposeAsync();

    // Spec: ENV-119.
    private GroupLimits LimitsOf(FunctionConfiguration function) => new(
        (function.MemoryMegabytes * Megabyte) + BesideTheFunction,
        allCpus ? Environment.ProcessorCount : function.MemoryMegabytes / Limits.MegabytesPerCpu,
        MostProcesses);

    private NamespaceSandboxOptions NewOptions()
    {
        var number = Interlocked.Increment(ref count).ToString(CultureInfo.InvariantCulture);
        return new() { Root = root, TemporaryFolder = Path.Combine(folder, "tmp", number) };
    }
}
