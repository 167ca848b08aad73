using System.Net;
using System.Net.Sockets;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.Sandboxing;

/// <summary>
/// A place where processes run apart from the rest of the machine, as far as its kind can keep them apart. It is made by its
/// kind's own <c>CreateAsync</c>, programs are started in it, and disposal destroys it with all that runs there.
/// </summary>
/// <remarks>All members may be called from any thread.</remarks>
public abstract class Sandbox : IAsyncDisposable, IFreezable
{
    /// <summary>What processes inside must dial to reach <see cref="ApiListener"/>.</summary>
    public abstract IPEndPoint ApiEndPoint { get; }

    /// <summary>Bound and listening; whoever owns the sandbox accepts on it. Disposal closes it, after the last process is gone.</summary>
    public abstract Socket ApiListener { get; }

    /// <summary>
    /// Completes when the sandbox has collapsed by itself, after <see cref="SandboxProcess.Exited"/> of all its processes. Never fails.
    /// </summary>
    public abstract Task Broken { get; }

    /// <summary>Starts a program. It leads a process group of its own.</summary>
    /// <exception cref="ProcessStartException">The program cannot be executed.</exception>
    /// <exception cref="SandboxException">The sandbox is broken or destroyed.</exception>
    public abstract Task<SandboxProcess> StartAsync(ProcessStart start);

    /// <summary>
    /// Kills every process inside, known or not. On return all are dead and reaped, their output has been passed on, and the sandbox can
    /// start new ones.
    /// </summary>
    /// <exception cref="SandboxException">Something outlived <paramref name="limit"/>, or the sandbox is broken or destroyed.</exception>
    public abstract Task KillAllAsync(TimeSpan limit);

    /// <summary>On return, what the processes had written before the call has been passed on. They go on meanwhile.</summary>
    /// <exception cref="SandboxException">The sandbox is broken or destroyed.</exception>
    public abstract Task FlushOutputAsync();

    /// <summary>Connects to a TCP port that a process inside listens on, at its own loopback.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public abstract ValueTask<Stream> ConnectAsync(int port, CancellationToken stop);

    /// <summary>Whether those inside stand still after <see cref="FreezeAsync"/>; else it does nothing.</summary>
    public virtual bool CanFreeze => false;

    /// <summary>
    /// Stops everyone inside; what is asked of the sandbox before <see cref="ThawAsync"/> may wait until then. Completes when all stand
    /// still, or when they are thawed meanwhile. A kind that cannot does nothing.
    /// </summary>
    /// <exception cref="SandboxException">The sandbox is broken or destroyed.</exception>
    public virtual ValueTask FreezeAsync() => default;

    /// <summary>Lets everyone go on.</summary>
    /// <exception cref="SandboxException">The sandbox is broken or destroyed.</exception>
    public virtual ValueTask ThawAsync() => default;

    /// <summary>
    /// The largest memory use seen so far, in bytes: the peak resident sizes of the live processes, added up. 0 when unknown.
    /// </summary>
    public abstract long PeakMemoryBytes();

    /// <summary>
    /// Whether memory may be in use that no process has any more: shared segments, files in memory. It goes with the sandbox.
    /// </summary>
    public virtual bool HoldsMemory => false;

    /// <summary>Whether <see cref="SnapshotAsync"/> can work: it was made for that.</summary>
    public virtual bool CanSnapshot => false;

    /// <summary>
    /// Takes a snapshot, while everybody inside stands still for a tenth of a second. The sandbox goes on as if nothing had been, whether
    /// that works or not; usually its owner has no use for it afterwards.
    /// </summary>
    /// <param name="folder">Absolute; it must not exist, and does only when all of it has been written. Its parent must.</param>
    /// <param name="key">Whatever else must be the same when it is restored: the caller's, who compares it.</param>
    /// <param name="connections">
    /// Called once while everybody stands still, on a thread of its own: all open connections of <see cref="ApiListener"/>. It may throw a
    /// <see cref="SnapshotRefusedException"/>. What we have opened ourselves by <see cref="ConnectAsync"/> must be closed before.
    /// </param>
    /// <param name="stop">Gives up; nothing is left of it then.</param>
    /// <exception cref="SnapshotRefusedException">It cannot be done; the message says why.</exception>
    /// <exception cref="SandboxException">The sandbox is broken or destroyed.</exception>
    public virtual Task<Snapshot> SnapshotAsync(
        string folder, string key, Func<IReadOnlyList<OutsideConnection>> connections, CancellationToken stop) =>
        throw new SnapshotRefusedException("environments of this isolation have no snapshots");

    /// <summary>Kills every process inside and gives all resources back. May be called more than once.</summary>
    /// <exception cref="SandboxException">Something inside cannot be killed yet; it will be cleared away when it can be.</exception>
    public abstract ValueTask DisposeAsync();
}
