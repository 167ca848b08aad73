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
        var (paths, furnishings) = FurnishingsOf(plan, allCpus);
        using var temporary = takeTmp is null ? null : await takeTmp(plan.Function.StorageMegabytes);
        await sandbox.FurnishAsync(furnishings with { Temporary = temporary });
        return new(sandbox, paths);
    }

    /// <summary>What is one function's own, but for its /tmp.</summary>
    internal static (PathsInside Paths, Furnishings Furnishings) FurnishingsOf(EnvironmentPlan plan, bool allCpus)
    {
        var (function, paths) = (plan.Function, PathsInside.OfLambda(plan));
        return (paths, new()
        {
            Root = plan.Image is { } image ? new ImageRoot(image.Root) : null,
            Mounts = [.. paths.Mounts.Select(mount => new MountInside(mount.Path, mount.Inside))],
            MemoryBytes = function.MemoryMegabytes * Megabyte,
            Limits = LimitsOf(function, allCpus),
        });
    }

    public ValueTask DisposeAsync() => sandbox.DisposeAsync();

    // Spec: ENV-119.
    private static GroupLimits LimitsOf(FunctionConfiguration function, bool allCpus) => new(
        (function.MemoryMegabytes * Megabyte) + BesideTheFunction,
        allCpus ? Environment.ProcessorCount : function.MemoryMegabytes / Limits.MegabytesPerCpu,
        MostProcesses);
}
