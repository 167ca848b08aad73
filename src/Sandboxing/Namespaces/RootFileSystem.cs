using Thaw.Linux;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// What all sandboxes see as their root: a small folder of our own, and the machine's programs and libraries mounted into it. All of it is
/// read-only inside.
/// <code>
///   /  bin lib lib64 sbin   as on this machine, links or folders
///      dev                  null, zero, full, random, urandom
///      etc                  a few files of our own, a few of the machine's
///      opt tmp var/{lang,runtime,task} proc sys run/thaw   empty, to mount on
///      usr                  the machine's
/// </code>
/// </summary>
public sealed class RootFileSystem
{
    /// <summary>Who runs inside: a user like AWS's, by name and in that it is nobody.</summary>
    internal const int UserId = 1000;

    private const string User = "sbx_user1051";

    /// <summary>Where the agent lies inside.</summary>
    internal const string AgentFolder = "/run/thaw";

    // Whatever our own mask is, and however secret the folder lies.
    private const uint OpenFolder = 0b111_101_101, OpenFile = 0b110_100_100, OpenDevice = 0b110_110_110;

    private static readonly string[] Programs = ["bin", "lib", "lib32", "lib64", "libx32", "sbin", "usr"];

    private static readonly string[] ToMountOn =
    [
        "dev", "etc", "opt", "proc", "run/thaw/assemblies", "run/thaw/dotnet", "sys", "tmp", "var/lang", "var/runtime", "var/task",
    ];

    /// <summary>What programs look for there, as it is on this machine, where it is.</summary>
    private static readonly string[] FilesOfEtc =
        ["ld.so.cache", "ld.so.conf", "localtime", "mime.types", "protocols", "services", "ssl/openssl.cnf", "timezone"];

    private static readonly string[] FoldersOfEtc = ["alternatives", "ca-certificates", "pki", "ssl/certs"];

    /// <summary>Debian's JVMs have their settings there, behind links, and do not start without them.</summary>
    private const string SettingsOfJava = "java-*-openjdk";

    private static readonly (string Name, uint Major, uint Minor)[] Devices =
        [("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9)];

    private readonly string folder;
    private readonly List<MountInside> ofMachine = [];
    private readonly List<MountInside> devices = [];
    private readonly Lock places = new();

    private RootFileSystem(string folder)
    {
        this.folder = folder;
        Images = new(this, folder + "-images");
    }

    /// <summary>Who runs inside, in files.</summary>
    internal static string[] FilesOfUsers { get; } = ["/etc/passwd", "/etc/group"];

    /// <summary>For roots of functions' own.</summary>
    internal ImageFurnishings Images { get; }

    /// <summary>Makes the folder, which belongs to this process and must not exist yet.</summary>
    /// <exception cref="SandboxException">It cannot be made there.</exception>
    /// <param name="resolvConf">How names resolve, as resolv.conf(5) has it.</param>
    public static RootFileSystem Make(string folder, string hostName, string resolvConf = "")
    {
        try
        {
            var root = new RootFileSystem(folder);
            root.MakeFolders();
            root.MakeEtc(hostName, resolvConf);
            root.MakeDevices();
            return root;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or LinuxException)
        {
            throw new SandboxException($"cannot make the root of sandboxes in {folder}: {failure.Message}", failure);
        }
    }

    /// <summary>The mounts that make it up, the root first, for one sandbox.</summary>
    /// <exception cref="LinuxException">We may not mount.</exception>
    internal IEnumerable<(FileDescriptor Mount, string Inside)> Mounts()
    {
        yield return (DetachedMount.Of(folder, DetachedMount.ReadOnly), "/");
        foreach (var mount in DeviceMounts())
            yield return mount;
        foreach (var each in ofMachine)
            yield return (DetachedMount.Of(each.Path, DetachedMount.ReadOnly), each.Inside);
    }

    /// <summary>What makes up <c>/dev</c>, the folder first.</summary>
    /// <exception cref="LinuxException">We may not mount.</exception>
    internal IEnumerable<(FileDescriptor Mount, string Inside)> DeviceMounts()
    {
        var attributes = devices.Count == 0 ? DetachedMount.Devices : DetachedMount.ReadOnly;
        yield return (DetachedMount.Of(Path.Combine(folder, "dev"), attributes), "/dev");
        foreach (var each in devices)
            yield return (DetachedMount.Of(each.Path, DetachedMount.Devices), each.Inside);
    }

    /// <summary>Where something lies on the machine that those inside see, unless it is mounted for them alone.</summary>
    internal string OnMachine(string inside) =>
        ofMachine.Exists(each => IsBelow(inside, each.Inside)) ? inside : Path.Combine(folder, inside.TrimStart('/'));

    /// <summary>Makes an empty file, for another one to be mounted on it.</summary>
    internal void MakePlace(string inside)
    {
        lock (places)
        {
            var path = Path.Combine(folder, inside.TrimStart('/'));
            if (File.Exists(path))
                return;
            MakeOpen(Path.GetDirectoryName(path)!);
            Write(inside.TrimStart('/'), "");
        }
    }

    /// <summary>Whether a path is another one, or lies below it.</summary>
    internal static bool IsBelow(string path, string folder) =>
        path == folder || (path.StartsWith(folder, StringComparison.Ordinal) && path[folder.Length] == '/');

    /// <summary>The line of one of <see cref="FilesOfUsers"/> that names who runs inside.</summary>
    internal static string UserLine(string file) => file == "/etc/passwd"
        ? $"{User}:x:{UserId}:{UserId}::/home/{User}:/sbin/nologin\n"
        : $"{User}:x:{UserId}:\n";

    /// <summary>A folder that all may enter.</summary>
    internal static void MakeOpen(string path)
    {
        Directory.CreateDirectory(path);
        Open(path, OpenFolder);
    }

    /// <summary>A file that all may read.</summary>
    internal static void WriteOpen(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        Open(path, OpenFile);
    }

    private static void Open(string path, uint mode) => LinuxException.ThrowIfFailed(Syscalls.chmod(path, mode), $"chmod {path}");

    private void MakeFolders()
    {
        foreach (var name in ToMountOn.Prepend("").SelectMany(Steps))
            MakeOpen(Path.Combine(folder, name));
        foreach (var name in Programs)
            Take("/" + name);
    }

    // A folder is made with its parents, and each must be open.
    private static IEnumerable<string> Steps(string name) =>
        name.Split('/').Select((_, i) => string.Join('/', name.Split('/').Take(i + 1)));

    /// <summary>The same link, or the same folder.</summary>
    private void Take(string path)
    {
        var (place, info) = (Path.Combine(folder, path.TrimStart('/')), new DirectoryInfo(path));
        if (info.LinkTarget is { } target)
        {
            File.CreateSymbolicLink(place, target);
        }
        else if (info.Exists)
        {
            MakeOpen(place);
            ofMachine.Add(new(path, path));
        }
    }

    /// <summary>What anybody on this machine may read of a folder, which must be small.</summary>
    private void Copy(string path)
    {
        foreach (var each in Directory.EnumerateDirectories(path, "*", SearchOption.AllDirectories).Prepend(path))
            MakeOpen(Path.Combine(folder, each.TrimStart('/')));
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(IsForAll))
            Write(file.TrimStart('/'), File.ReadAllBytes(file));

        static bool IsForAll(string file) => File.Exists(file)
            && (OperatingSystem.IsWindows() || File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead));
    }

    private void MakeEtc(string hostName, string resolvConf)
    {
        MakeOpen(Path.Combine(folder, "etc/ssl"));
        foreach (var name in FoldersOfEtc)
            Take("/etc/" + name);
        foreach (var name in FilesOfEtc.Where(name => File.Exists("/etc/" + name)))
            Write($"etc/{name}", File.ReadAllBytes("/etc/" + name));
        foreach (var java in Directory.EnumerateDirectories("/etc", SettingsOfJava))
            Copy(java);

        // Some programs look behind this link for the name of the zone.
        if (new FileInfo("/etc/localtime").LinkTarget is { } zone && zone.Contains("/usr/", StringComparison.Ordinal))
        {
            File.Delete(Path.Combine(folder, "etc/localtime"));
            File.CreateSymbolicLink(Path.Combine(folder, "etc/localtime"), zone);
        }

        if (File.Exists("/usr/lib/os-release"))
            File.CreateSymbolicLink(Path.Combine(folder, "etc/os-release"), "../usr/lib/os-release");
        Write("etc/passwd", $"root:x:0:0:root:/root:/sbin/nologin\n{UserLine("/etc/passwd")}");
        Write("etc/group", $"root:x:0:\n{UserLine("/etc/group")}");
        Write("etc/hosts", "127.0.0.1 sandbox.localdomain sandbox localhost\n::1 localhost ip6-localhost ip6-loopback\n");
        Write("etc/hostname", hostName + "\n");
        Write("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n");
        Write("etc/resolv.conf", resolvConf);
    }

    private void MakeDevices()
    {
        foreach (var (name, major, minor) in Devices)
        {
            var path = Path.Combine(folder, "dev", name);
            if (PlainUser.IsOwnMaster)
            {
                // Only root makes devices; anybody may show the machine's in another place.
                Write($"dev/{name}", "");
                devices.Add(new($"/dev/{name}", $"/dev/{name}"));
            }
            else
            {
                LinuxException.ThrowIfFailed(Syscalls.mknod(path, Syscalls.S_IFCHR, (major << 8) | minor), $"mknod {path}");
                Open(path, OpenDevice);
            }
        }

        foreach (var (name, target) in (ReadOnlySpan<(string, string)>)
            [("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2")])
        {
            File.CreateSymbolicLink(Path.Combine(folder, "dev", name), target);
        }
    }

    private void Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    private void Write(string name, byte[] bytes) => WriteOpen(Path.Combine(folder, name), bytes);
}
