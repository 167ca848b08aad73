using System.Runtime.InteropServices;

namespace Thaw.Linux;

/// <summary>An open descriptor and the duty to close it. All that are made here are close-on-exec.</summary>
internal sealed unsafe class FileDescriptor : SafeHandle
{
    internal FileDescriptor(int number)
        : base(-1, ownsHandle: true) => SetHandle(number);

    internal int Number => (int)handle;

    public override bool IsInvalid => handle < 0;

    internal static (FileDescriptor Read, FileDescriptor Write) Pipe()
    {
        var fds = stackalloc int[2];
        LinuxException.ThrowIfFailed(Syscalls.pipe2(fds, Syscalls.O_CLOEXEC), "pipe2");
        return (new(fds[0]), new(fds[1]));
    }

    internal static (FileDescriptor Ours, FileDescriptor Theirs) SocketPair(int type = Syscalls.SOCK_STREAM)
    {
        var fds = stackalloc int[2];
        LinuxException.ThrowIfFailed(Syscalls.socketpair(Syscalls.AF_UNIX, type | Syscalls.SOCK_CLOEXEC, 0, fds), "socketpair");
        return (new(fds[0]), new(fds[1]));
    }

    internal static FileDescriptor Event() =>
        new(LinuxException.ThrowIfFailed(Syscalls.eventfd(0, Syscalls.O_CLOEXEC), "eventfd"));

    protected override bool ReleaseHandle() => Syscalls.close((int)handle) == 0;
}
