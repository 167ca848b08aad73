using Thaw.Environments;
using Thaw.Sandboxing.Processes;

namespace Thaw.Daemon.Hosting;

/// <summary>Makes sandboxes of plain processes, held to their functions' memory sizes if somebody asks for that.</summary>
internal sealed class ProcessSandboxes(bool enforceMemory, TimeProvider time) : ISandboxKind
{
    private readonly MemoryWatch? watch = enforceMemory ? new MemoryWatch(time) : null;

    public string Name => "process";

    public async Task<EnvironmentHome> CreateAsync(EnvironmentPlan plan)
    {
        var sandbox = await ProcessSandbox.CreateAsync(new ProcessSandboxOptions
        {
            MemoryWatch = watch,
            MemoryBytes = plan.Function.MemoryMegabytes * 1024L * 1024,
        });
        return new(sandbox, PathsInside.Unchanged);
    }

    public ValueTask DisposeAsync()
    {
        watch?.Dispose();
        return default;
    }
}
