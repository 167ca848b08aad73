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
    /// <exception cref="LinuxException">A place does not exist.</exception>
    internal async Task AttachAsync(IReadOnlyList<(FileDescriptor Mount, string Inside)> mounts)
    {
        var all = mounts.Select(each => (each.Mount.Number, Encoding.UTF8.GetBytes(each.Inside + '\0'))).ToArray();
        var (attached, error) = await Thread.VisitAsync(name, () => Attach(all)).ConfigureAwait(false);
        if (attached < all.Length)
            throw new LinuxException($"move_mount {mounts[attached].Inside}", error);
    }

    public void Dispose() => name.Dispose();

    // Nothing but system calls: what the runtime looks for in files, it would look for in there.
    private static unsafe (int Attached, int Error) Attach((int Mount, byte[] Inside)[] mounts)
    {
        byte nothing = 0;
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
