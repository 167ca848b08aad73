using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Storage;

namespace Thaw.Daemon.Hosting;

/// <summary>A sandbox of namespaces, up and connected, for which nobody has a use yet.</summary>
/// <param name="takeTmp">A file system for /tmp of so many megabytes; null where the machine has none.</param>
/// <param name="allCpus">Its function may use all processors.</param>
internal sealed class EmptyNamespaces(NamespaceSandbox sandbox, Func<int, ValueTask<TmpImage>>? takeTmp, bool allCpus) : IEmptySandbox
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>The agent and what the kernel itself keeps of a sandbox are no function's memory, in bytes.</summary>
    private const long BesideTheFunction = 16L * 1024 * 1024;

    /// <summary>Processes and threads of a function, and of the agent; spec 6.4.</summary>
    private const int MostProcesses = 1024 + 8;

    /// <summary>What it has while it is empty.</summary>
    internal static GroupLimits Unfurnished { get; } = new(BesideTheFunction + (Limits.MinMemoryMegabytes * Megabyte), 1, MostProcesses);

    public bool IsBroken => sandbox.Broken.IsCompleted;

    public async Task<EnvironmentHome> FurnishAsync(EnvironmentPlan plan)
    {
        var (function, paths) = (plan.Function, PathsInside.OfLambda(plan));
        using var temporary = takeTmp is null ? null : await takeTmp(function.StorageMegabytes);
        await sandbox.FurnishAsync(new()
        {
            Root = plan.Image is { } image ? new ImageRoot(image.Root) : null,
            Mounts = [.. paths.Mounts.Select(mount => new MountInside(mount.Path, mount.Inside))],
            Temporary = temporary,
            MemoryBytes = function.MemoryMegabytes * Megabyte,
            Limits = LimitsOf(function),
        });
        return new(sandbox, paths);
    }

    public ValueTask DisposeAsync() => sandbox.DisposeAsync();

    // Spec: ENV-119.
    private GroupLimits LimitsOf(FunctionConfiguration function) => new(
        (function.MemoryMegabytes * Megabyte) + BesideTheFunction,
        allCpus ? Environment.ProcessorCount : function.MemoryMegabytes / Limits.MegabytesPerCpu,
        MostProcesses);
}
