using System.Globalization;
using System.Runtime.InteropServices;
using Thaw.Linux;

namespace Thaw.Sandboxing.Storage;

/// <summary>
/// An empty ext4 file system of one size, from which images are copied: what is in it is little (some 130 KB), so a copy costs less than
/// a hundredth of mkfs. Like them it has no name.
/// </summary>
internal sealed class TmpTemplate : ITmpTemplate
{
    private const uint WritableForAll = 0x3FF; // 1777

    // No journal: after a crash nobody wants it. What is deleted goes back to the machine's disk.
    private static readonly string[] MountFlags = ["noinit_itable", "discard"];

    private readonly string directory;
    private readonly FileDescriptor file;
    private readonly int megabytes;

    private TmpTemplate(string directory, FileDescriptor file, int megabytes) =>
        (this.directory, this.file, this.megabytes) = (directory, file, megabytes);

    private long Bytes => megabytes * 1024L * 1024;

    /// <param name="directory">Where images lie.</param>
    /// <param name="owner">The user and group that the root directory belongs to, as the machine counts them.</param>
    /// <param name="megabytes">The size of each.</param>
    /// <exception cref="SandboxException">It cannot be made here and now; the message says why, and what helps.</exception>
    internal static TmpTemplate Make(string directory, uint owner, int megabytes)
    {
        var mkfs = HostProgram.Find("mkfs.ext4")
            ?? throw new SandboxException("There is no mkfs.ext4 on this machine (fix: apt-get install e2fsprogs).");
        var template = new TmpTemplate(directory, SparseFile.Create(directory, megabytes * 1024L * 1024), megabytes);
        try
        {
            template.Format(mkfs);
            using var mount = Mount(template.file, directory);
            LinuxException.ThrowIfFailed(Syscalls.unlinkat(mount.Number, "lost+found", Syscalls.AT_REMOVEDIR), "unlinkat");
            LinuxException.ThrowIfFailed(Syscalls.fchownat(mount.Number, ".", owner, owner, 0), "fchownat");
            LinuxException.ThrowIfFailed(Syscalls.fchmodat(mount.Number, ".", WritableForAll, 0), "fchmodat");
            Sync(mount);
            return template;
        }
        catch
        {
            template.Dispose();
            throw;
        }
    }

    /// <summary>One that was made before, in a file that stays.</summary>
    /// <param name="directory">Where copies lie.</param>
    /// <param name="file">Where it lies itself.</param>
    /// <exception cref="LinuxException">There is no such file.</exception>
    internal static TmpTemplate Of(string directory, string file, int megabytes)
    {
        var opened = LinuxException.ThrowIfFailed(Syscalls.open(file, Syscalls.O_RDONLY | Syscalls.O_CLOEXEC), $"open {file}");
        return new(directory, new(opened), megabytes);
    }

    public TmpImage Copy()
    {
        var held = false;
        try
        {
            file.DangerousAddRef(ref held);
            var copy = SparseFile.Create(directory, Bytes);
            try
            {
                SparseFile.Copy(file, copy, Bytes);
                return new(Mount(copy, directory), megabytes, new(copy, megabytes));
            }
            catch
            {
                copy.Dispose();
                throw;
            }
        }
        finally
        {
            if (held)
                file.DangerousRelease();
        }
    }

    public void Dispose() => file.Dispose();

    private void Format(HostProgram mkfs)
    {
        // It finds the file among our descriptors, as there is no other way to it.
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{file.Number}");
        var (status, _, error) = mkfs.Run(
        [
            "-q", "-F", "-b", "4096", "-m", "0", "-O", "^has_journal,^resize_inode",
            "-E", "lazy_itable_init=1,nodiscard", path,
        ]);
        if (status != 0)
            throw new SandboxException($"{mkfs.Path} made no file system of {megabytes} MB: {error}");
    }

    // What is written, not what is cached, is what copies are made of. The mount's own descriptor is a mere place (O_PATH).
    private static void Sync(FileDescriptor mount)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{mount.Number}");
        using var root = new FileDescriptor(LinuxException.ThrowIfFailed(
            Syscalls.open(path, Syscalls.O_RDONLY | Syscalls.O_CLOEXEC), "open"));
        LinuxException.ThrowIfFailed(Syscalls.syncfs(root.Number), "syncfs");
    }

    private static FileDescriptor Mount(FileDescriptor image, string directory)
    {
        try
        {
            return Mount(image, directory, isDirect: true);
        }
        catch (SandboxException)
        {
            // Some file systems of machines say that they can be read directly and then cannot, such as layers over memory.
            return Mount(image, directory, isDirect: false);
        }
    }

    private static FileDescriptor Mount(FileDescriptor image, string directory, bool isDirect)
    {
        using var device = LoopDevice.Attach(image, directory, isDirect);
        using var context = new FileDescriptor(Check(Syscalls.fsopen("ext4", Syscalls.FSOPEN_CLOEXEC), "fsopen"));
        Check(Syscalls.fsconfig(context.Number, Syscalls.FSCONFIG_SET_STRING, "source", device.Path), "fsconfig source");
        foreach (var flag in MountFlags)
            Check(Syscalls.fsconfig(context.Number, Syscalls.FSCONFIG_SET_FLAG, flag, null), $"fsconfig {flag}");
        Check(Syscalls.fsconfig(context.Number, Syscalls.FSCONFIG_CMD_CREATE, null, null), "fsconfig create");
        var attributes = Syscalls.MOUNT_ATTR_NOSUID | Syscalls.MOUNT_ATTR_NODEV | Syscalls.MOUNT_ATTR_NOATIME;
        return new(Check(Syscalls.fsmount(context.Number, Syscalls.FSMOUNT_CLOEXEC, attributes), "fsmount"));
    }

    private static int Check(int result, string call) => result >= 0 ? result : throw new SandboxException(
        $"An ext4 image cannot be mounted here ({call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}). "
        + "It takes root, CAP_SYS_ADMIN of the machine itself, and ext4 in the kernel.");
}
