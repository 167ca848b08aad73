using Thaw.Environments;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Networks;
using Thaw.Sandboxing.Processes;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.Daemon.Hosting;

/// <summary>Makes sandboxes of plain processes, held to their functions' memory sizes if somebody asks for that.</summary>
internal sealed class ProcessSandboxes(bool enforceMemory, TimeProvider time) : ISandboxKind
{
    private readonly MemoryWatch? watch = enforceMemory ? new MemoryWatch(time) : null;

    public string Name => "process";

    public async Task<IEmptySandbox> MakeAsync(NetworkKind network, Snapshotter? snapshotter = null) =>
        new Empty(await ProcessSandbox.CreateAsync(new() { MemoryWatch = watch }));

    public Task<Snapshotter> StartSnapshotterAsync() => throw None();

    public Task<RestoredHome> RestoreAsync(
        EnvironmentPlan plan, NetworkKind network, Snapshot snapshot, Snapshotter snapshotter, Func<string, IProcessOutput> outputOf) =>
        throw None();

    public ValueTask DisposeAsync()
    {
        watch?.Dispose();
        return default;
    }

    private static SandboxException None() => new(
        "environments that are isolated by processes only have no snapshots (fix: run thaw as root, with --isolation namespaces)");

    private sealed class Empty(ProcessSandbox sandbox) : IEmptySandbox
    {
        public bool IsBroken => sandbox.Broken.IsCompleted;

        public Task<EnvironmentHome> FurnishAsync(EnvironmentPlan plan)
        {
            if (plan.Image is not null)
            {
                throw new SandboxException($"{plan.Function.Name} is a container image, which only isolation by namespaces can run: "
                    + "start the daemon as root, and with --isolation namespaces");
            }

            sandbox.HoldTo(plan.Function.MemoryMegabytes * 1024L * 1024);
            return Task.FromResult(new EnvironmentHome(sandbox, PathsInside.Unchanged));
        }

        public ValueTask DisposeAsync() => sandbox.DisposeAsync();
    }
}
