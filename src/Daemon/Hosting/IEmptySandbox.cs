using Thaw.Environments;
using Thaw.Sandboxing;

namespace Thaw.Daemon.Hosting;

/// <summary>A sandbox that has nothing of a function's yet. Whoever takes it furnishes it once, or disposes of it.</summary>
internal interface IEmptySandbox : IAsyncDisposable
{
    /// <summary>It has collapsed by itself.</summary>
    bool IsBroken { get; }

    /// <summary>From then on it is the home's sandbox that is to be disposed of.</summary>
    /// <exception cref="SandboxException">Something that the plan needs is not to be had; the sandbox is of no use then.</exception>
    Task<EnvironmentHome> FurnishAsync(EnvironmentPlan plan);
}
