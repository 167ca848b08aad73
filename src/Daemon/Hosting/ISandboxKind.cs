using Thaw.Sandboxing;
using Thaw.Sandboxing.Networks;

namespace Thaw.Daemon.Hosting;

/// <summary>Makes sandboxes of one kind.</summary>
internal interface ISandboxKind : IAsyncDisposable
{
    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <param name="network">What is to be seen of it inside, where the kind can tell.</param>
    /// <exception cref="SandboxException">There is none to be had, here and now.</exception>
    Task<IEmptySandbox> MakeAsync(NetworkKind network);
}
