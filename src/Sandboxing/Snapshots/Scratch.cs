using System.Globalization;
using Thaw.Linux;
using Thaw.Sandboxing.Namespaces;

namespace Thaw.Sandboxing.Snapshots;

/// <summary>
/// A small file system in memory that is mounted nowhere but at one worker's /run: CRIU remembers there what it has found out about the
/// kernel, writes its log, and finds there what becomes a clone's mounts. It is gone with its last holder.
/// </summary>
internal sealed class Scratch : IDisposable
{
    private const string Size = "16m", RememberedFile = "criu.kdat";

    // What a worker has found out is true for the next ones. (CRIU itself checks that it is of this kernel.)
    private static byte[]? remembered;

    private readonly FileDescriptor mount;

    private Scratch(FileDescriptor mount) => this.mount = mount;

    /// <summary>Where it is for us, as long as this is not disposed of.</summary>
    internal string Path => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{mount.Number}");

    /// <exception cref="LinuxException">We may not mount.</exception>
    internal static Scratch Make()
    {
        using var context = new FileDescriptor(
            LinuxException.ThrowIfFailed(Syscalls.fsopen("tmpfs", Syscalls.FSOPEN_CLOEXEC), "fsopen tmpfs"));
        LinuxException.ThrowIfFailed(
            Syscalls.fsconfig(context.Number, Syscalls.FSCONFIG_SET_STRING, "size", Size), "fsconfig tmpfs");
        LinuxException.ThrowIfFailed(Syscalls.fsconfig(context.Number, Syscalls.FSCONFIG_CMD_CREATE, null, null), "fsconfig create");
        var scratch = new Scratch(new(LinuxException.ThrowIfFailed(
            Syscalls.fsmount(context.Number, Syscalls.FSMOUNT_CLOEXEC, Syscalls.MOUNT_ATTR_NOSUID), "fsmount tmpfs")));
        if (Volatile.Read(ref remembered) is { } known)
            File.WriteAllBytes(scratch.In(RememberedFile), known);
        return scratch;
    }

    /// <summary>Mounts it at /run of a worker.</summary>
    internal async Task AttachAsync(int worker)
    {
        using var files = MountNamespace.Of(worker);
        await files.AttachAsync([(mount, "/run")]).ConfigureAwait(false);
    }

    /// <summary>Where a file of it is for us.</summary>
    internal string In(string name) => $"{Path}/{name}";

    /// <summary>Our descriptor of the folder itself.</summary>
    internal FileDescriptor Open() => Folder(Path);

    /// <summary>Our descriptor of a folder.</summary>
    /// <exception cref="LinuxException">There is none.</exception>
    internal static FileDescriptor Folder(string path) =>
        new(LinuxException.ThrowIfFailed(Syscalls.open(path, Syscalls.O_RDONLY | Syscalls.O_CLOEXEC), $"open {path}"));

    /// <summary>To be called when a worker has done its work: keeps what it has found out for the next.</summary>
    internal void Remember()
    {
        if (Volatile.Read(ref remembered) is null && File.Exists(In(RememberedFile)))
            Volatile.Write(ref remembered, File.ReadAllBytes(In(RememberedFile)));
    }

    public void Dispose() => mount.Dispose();
}
