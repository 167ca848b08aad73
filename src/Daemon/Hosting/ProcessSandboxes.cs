using Thaw.Contracts;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Processes;

namespace Thaw.Daemon.Hosting;

/// <summary>Makes sandboxes of plain processes, held to their functions' memory sizes if somebody asks for that.</summary>
internal sealed class ProcessSandboxes(bool enforceMemory, TimeProvider time) : IDisposable
{
    private readonly MemoryWatch? watch = enforceMemory ? new MemoryWatch(time) : null;

    /// <exception cref="SandboxException">There is none to be had, here and now.</exception>
    public async Task<Sandbox> CreateAsync(FunctionConfiguration function) => await ProcessSandbox.CreateAsync(new ProcessSandboxOptions
    {
        MemoryWatch = watch,
        MemoryBytes = function.MemoryMegabytes * 1024L * 1024,
    });

    public void Dispose() => watch?.Dispose();
}
