using System.Net.Sockets;
using Thaw.Sandboxing.Namespaces;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>A clone: a sandbox whose processes run already, from where the snapshot found them.</summary>
/// <param name="Sandbox">Like any other from now on; new processes can be started in it.</param>
/// <param name="Processes">Those that were started in the original and had not ended, by <see cref="ProcessStart.Label"/>.</param>
/// <param name="Connections">
/// Our ends of the connections that the original had, each with its <see cref="OutsideConnection.Request"/> to be received: the caller's
/// from now on. Connections that those inside open from now on come to <see cref="Sandbox.ApiListener"/>, as ever.
/// </param>
/// <param name="Took">How long it took, without waiting for the turn of others.</param>
public sealed record RestoredSandbox(
    NamespaceSandbox Sandbox,
    IReadOnlyDictionary<string, SandboxProcess> Processes,
    IReadOnlyList<Socket> Connections,
    TimeSpan Took);
