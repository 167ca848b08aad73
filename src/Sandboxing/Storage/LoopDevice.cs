using System.Globalization;
using System.Runtime.InteropServices;
using Thaw.Linux;

namespace Thaw.Sandboxing.Storage;

/// <summary>
/// A block device made of a file. The kernel takes it apart when its last user is gone (autoclear): the descriptor here, or a mount.
/// </summary>
internal sealed unsafe class LoopDevice : IDisposable
{
    private const int Attempts = 100;
    private const uint ControlMajor = 10, ControlMinor = 237, LoopMajor = 7, OwnerOnly = 0x180;

    private readonly FileDescriptor device;

    private LoopDevice(FileDescriptor device, string path) => (this.device, Path) = (device, path);

    /// <summary>Leads to the device as long as this is not disposed of.</summary>
    internal string Path { get; }

    /// <param name="file">What it is made of; may be closed afterwards.</param>
    /// <param name="directory">Where device nodes may be made for a moment, on machines that have none for loop devices.</param>
    /// <param name="isDirect">Nothing of the file is cached beside what is cached of the device.</param>
    /// <exception cref="SandboxException">The machine has no loop devices, or none for us.</exception>
    internal static LoopDevice Attach(FileDescriptor file, string directory, bool isDirect)
    {
        using var control = Open("/dev/loop-control", Syscalls.S_IFCHR, ControlMajor, ControlMinor, directory, out _);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var number = Syscalls.ioctl(control.Number, Syscalls.LOOP_CTL_GET_FREE, 0);
            if (number < 0)
                throw Refused("LOOP_CTL_GET_FREE");

            var name = string.Create(CultureInfo.InvariantCulture, $"/dev/loop{number}");
            var device = Open(name, Syscalls.S_IFBLK, LoopMajor, (uint)number, directory, out var path);
            if (Configure(device, file, isDirect))
                return new(device, path);

            // Somebody else was faster; the next free one, please.
            device.Dispose();
        }

        throw new SandboxException($"No loop device could be had in {Attempts} attempts: others take each that is free.");
    }

    public void Dispose() => device.Dispose();

    private static bool Configure(FileDescriptor device, FileDescriptor file, bool isDirect)
    {
        var config = new Syscalls.loop_config { fd = (uint)file.Number };
        config.info.flags = Syscalls.LO_FLAGS_AUTOCLEAR | (isDirect ? Syscalls.LO_FLAGS_DIRECT_IO : 0);
        if (Syscalls.ioctl(device.Number, Syscalls.LOOP_CONFIGURE, (nint)(&config)) >= 0)
            return true;
        return Marshal.GetLastPInvokeError() == Errno.EBUSY ? false : throw Refused("LOOP_CONFIGURE (Linux 5.8 or later)");
    }

    // A container's /dev has often no node for a device that the kernel has; ours is there only until it is open.
    private static FileDescriptor Open(string path, uint kind, uint major, uint minor, string directory, out string way)
    {
        way = path;
        var fd = Syscalls.open(path, Syscalls.O_RDWR | Syscalls.O_CLOEXEC);
        if (fd < 0 && Marshal.GetLastPInvokeError() == Errno.ENOENT)
        {
            var node = System.IO.Path.Combine(directory, $".node-{Guid.NewGuid():n}");
            LinuxException.ThrowIfFailed(Syscalls.mknod(node, kind | OwnerOnly, DeviceNumber(major, minor)), $"mknod {path}");
            fd = Syscalls.open(node, Syscalls.O_RDWR | Syscalls.O_CLOEXEC);
            var error = Marshal.GetLastPInvokeError();
            _ = Syscalls.unlink(node);
            Marshal.SetLastPInvokeError(error);
            way = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{fd}");
        }

        return fd >= 0 ? new(fd) : throw Refused(path);
    }

    internal static ulong DeviceNumber(uint major, uint minor) =>
        (minor & 0xff) | ((ulong)(major & 0xfff) << 8) | ((ulong)(minor & ~0xffu) << 12) | ((ulong)(major & ~0xfffu) << 32);

    private static SandboxException Refused(string what)
    {
        var failure = new LinuxException(what, Marshal.GetLastPInvokeError());
        return new(
            $"There is no loop device for a file system of its own ({failure.Message}). It takes root and the kernel's loop driver "
            + "(fix: modprobe loop; a container needs the devices b 7:* and c 10:237).",
            failure);
    }
}
