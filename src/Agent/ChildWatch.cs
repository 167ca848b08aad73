using System.Runtime.InteropServices;
using Thaw.Linux;

namespace Thaw.Agent;

/// <summary>
/// A thread that turns "a child has died" into a readable descriptor. It only looks (WNOWAIT): the loop itself reaps, on its own thread.
/// So a process id stays valid for as long as the loop believes in it, and posix_spawn's own wait for a failed exec has no rival.
/// </summary>
internal sealed unsafe class ChildWatch
{
    private readonly FileDescriptor died = FileDescriptor.Event();
    private readonly FileDescriptor look = FileDescriptor.Event();

    internal ChildWatch() => new Thread(Watch, maxStackSize: 128 * 1024) { IsBackground = true }.Start();

    /// <summary>Readable when there is somebody to reap.</summary>
    internal int Descriptor => died.Number;

    /// <summary>To be called after <see cref="Descriptor"/> was readable and everybody was reaped.</summary>
    internal void Reaped()
    {
        Take(died);
        Give(look);
    }

    /// <summary>To be called after a process was started: without any child the thread sleeps.</summary>
    internal void ChildStarted() => Give(look);

    private void Watch()
    {
        var siginfo = stackalloc byte[128];
        while (true)
        {
            var options = Syscalls.WEXITED | Syscalls.WNOWAIT | Syscalls.__WALL;
            if (Syscalls.waitid(Syscalls.P_ALL, 0, siginfo, options) == 0)
                Give(died);
            else if (Marshal.GetLastPInvokeError() == Errno.EINTR)
                continue;

            Take(look);
        }
    }

    private static void Give(FileDescriptor descriptor)
    {
        ulong one = 1;
        _ = Syscalls.write(descriptor.Number, (byte*)&one, sizeof(ulong));
    }

    private static void Take(FileDescriptor descriptor)
    {
        ulong count;
        _ = Syscalls.read(descriptor.Number, (byte*)&count, sizeof(ulong));
    }
}
