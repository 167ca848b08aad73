using Thaw.Sandboxing;

namespace Thaw.Daemon.Hosting;

/// <summary>Makes sandboxes of one kind.</summary>
internal interface ISandboxKind : IAsyncDisposable
{
    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <exception cref="SandboxException">There is none to be had, here and now.</exception>
    Task<IEmptySandbox> MakeAsync();
}
