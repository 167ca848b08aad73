using System.Runtime.InteropServices;
using System.Text;
using Thaw.Linux;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// The files of one sandbox, seen from outside. The agent has given up its privileges once the sandbox is ready, so whatever is to be
/// mounted later is brought in by a thread that goes there and comes back.
/// </summary>
internal sealed class MountNamespace : IDisposable
{
    private static readonly Traveller Thread = new(Syscalls.CLONE_NEWNS);

    private readonly FileDescriptor name;

    private MountNamespace(FileDescriptor name) => this.name = name;

    /// <summary>The one that a process lives in.</summary>
    /// <exception cref="LinuxException">It is gone.</exception>
    internal static MountNamespace Of(int pid) => new(Traveller.Open(pid, "mnt"));

    /// <summary>Attaches mounts, each at its place inside.</summary>
    /// <param name="mounts">Each with its place.</param>
    /// <param name="instead">What is mounted at a place goes first. (CRIU does not know what is below another.)</param>
    /// <exception cref="LinuxException">A place does not exist.</exception>
    internal async Task AttachAsync(IReadOnlyList<(FileDescriptor Mount, string Inside)> mounts, bool instead = false)
    {
        var all = mounts.Select(each => (each.Mount.Number, Encoding.UTF8.GetBytes(each.Inside + '\0'))).ToArray();
        string[] old = instead ? [.. mounts.Select(each => each.Inside)] : [];
        var (attached, error) = await Thread.VisitAsync(name, () => Attach(all, old)).ConfigureAwait(false);
        if (attached < all.Length)
            throw new LinuxException($"move_mount {mounts[attached].Inside}", error);
    }

    /// <summary>Moves mounts to other places, in this order, each with what is mounted below it.</summary>
    /// <exception cref="LinuxException">Nothing is mounted there.</exception>
    internal async Task MoveAsync(IReadOnlyList<(string From, string To)> moves)
    {
        var all = moves.Select(each => (Encoding.UTF8.GetBytes(each.From + '\0'), Encoding.UTF8.GetBytes(each.To + '\0'))).ToArray();
        var (moved, error) = await Thread.VisitAsync(name, () => Move(all)).ConfigureAwait(false);
        if (moved < all.Length)
            throw new LinuxException($"move_mount {moves[moved].From}", error);
    }

    /// <summary>
    /// Makes other mounts the root of all who live there, with their /proc; nothing is left of what they had. Who runs already, runs on.
    /// </summary>
    /// <param name="mounts">The root first.</param>
    /// <exception cref="LinuxException">A place does not exist, or we may not.</exception>
    internal async Task ReplaceAsync(IReadOnlyList<(FileDescriptor Mount, string Inside)> mounts)
    {
        var all = mounts.Select(each => (each.Mount.Number, Encoding.UTF8.GetBytes($".{each.Inside}\0"))).ToArray();
        var (call, error) = await Thread.VisitAsync(name, () => Replace(all)).ConfigureAwait(false);
        if (call is not null)
            throw new LinuxException(call, error);
    }

    public void Dispose() => name.Dispose();

    // As the agent entered its first root: see there. Its own /proc moves: nobody here could make another one of its processes.
    private static unsafe (string? Call, int Error) Replace((int Mount, byte[] Inside)[] mounts)
    {
        fixed (byte* scaffold = "/sys\0"u8, proc = "/proc\0"u8, newProc = "./proc\0"u8)
        {
            if (Move(mounts[0].Mount, scaffold) < 0 || Syscalls.fchdir(mounts[0].Mount) < 0)
                return Failed("move_mount /");
            for (var i = 1; i < mounts.Length; i++)
            {
                fixed (byte* to = mounts[i].Inside)
                {
                    if (Move(mounts[i].Mount, to) < 0)
                        return Failed("move_mount of a file or folder");
                }
            }

            if (Syscalls.move_mount(Syscalls.AT_FDCWD, proc, Syscalls.AT_FDCWD, newProc, 0) < 0)
                return Failed("move_mount /proc");
        }

        if (Syscalls.pivot_root(".", ".") < 0)
            return Failed("pivot_root");
        return Syscalls.umount2(".", Syscalls.MNT_DETACH) < 0 || Syscalls.chdir("/") < 0 ? Failed("umount2") : default;
    }

    private static unsafe (int Moved, int Error) Move((byte[] From, byte[] To)[] moves)
    {
        for (var i = 0; i < moves.Length; i++)
        {
            fixed (byte* from = moves[i].From, to = moves[i].To)
            {
                if (Syscalls.move_mount(Syscalls.AT_FDCWD, from, Syscalls.AT_FDCWD, to, 0) < 0)
                    return (i, Marshal.GetLastPInvokeError());
            }
        }

        return (moves.Length, 0);
    }

    private static unsafe int Move(int mount, byte* to)
    {
        byte nothing = 0;
        return Syscalls.move_mount(mount, &nothing, Syscalls.AT_FDCWD, to, Syscalls.MOVE_MOUNT_F_EMPTY_PATH);
    }

    private static (string? Call, int Error) Failed(string call) => (call, Marshal.GetLastPInvokeError());

    // Nothing but system calls: what the runtime looks for in files, it would look for in there.
    private static unsafe (int Attached, int Error) Attach((int Mount, byte[] Inside)[] mounts, string[] old)
    {
        byte nothing = 0;
        foreach (var place in old)
            _ = Syscalls.umount2(place, Syscalls.MNT_DETACH);
        for (var i = 0; i < mounts.Length; i++)
        {
            fixed (byte* to = mounts[i].Inside)
            {
                if (Syscalls.move_mount(mounts[i].Mount, &nothing, Syscalls.AT_FDCWD, to, Syscalls.MOVE_MOUNT_F_EMPTY_PATH) < 0)
                    return (i, Marshal.GetLastPInvokeError());
            }
        }

        return (mounts.Length, 0);
    }
}
