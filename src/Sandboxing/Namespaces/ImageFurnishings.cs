using System.Globalization;
using Thaw.Linux;
using Thaw.Sandboxing.Agents;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>
/// What every root of an image needs to run as a sandbox's, whatever the image has there: places to mount on, and a few files of
/// <c>/etc</c> that are the sandbox's and not the image's.
/// <code>
///   /  dev etc/{hostname,hosts,resolv.conf}   those of all sandboxes
///      etc/{group,passwd}                     the image's, and in them who runs inside
///      proc tmp                               the sandbox's own
///      run/thaw                               the agent, where it still reads files of its own
/// </code>
/// </summary>
/// <param name="machine">The root that all other sandboxes have.</param>
/// <param name="folder">For files of our own; it need not exist.</param>
internal sealed class ImageFurnishings(RootFileSystem machine, string folder)
{
    private const int MaxUsersBytes = 1024 * 1024;

    private static readonly string[] Shared = ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"];

    private static readonly string[] Folders = ["/dev", "/proc", "/sys", "/tmp"];

    private readonly Lock places = new();
    private readonly Dictionary<string, string> made = [];

    /// <summary>The mounts that make it up, the root first.</summary>
    /// <exception cref="LinuxException">We may not mount.</exception>
    /// <exception cref="SandboxException">A place cannot be made.</exception>
    internal IEnumerable<(FileDescriptor Mount, string Inside)> Mounts(ImageRoot image, AgentProgram agent)
    {
        // An agent that is one file has been read to its end; another one goes on to look for parts of itself.
        var ofAgent = agent.IsNative ? [] : AgentInside.Of(agent).Files;
        var users = Prepared(image, ofAgent);
        yield return (DetachedMount.Of(image.Folder, DetachedMount.ReadOnly), "/");
        foreach (var mount in machine.DeviceMounts())
            yield return mount;
        foreach (var file in Shared)
            yield return (DetachedMount.Of(machine.OnMachine(file), DetachedMount.ReadOnly), file);
        foreach (var file in RootFileSystem.FilesOfUsers)
            yield return (DetachedMount.Of(users + file, DetachedMount.ReadOnly), file);
        foreach (var each in ofAgent)
            yield return (DetachedMount.Of(each.Path, DetachedMount.ReadOnly), each.Inside);
    }

    // What is there is left as it is: sandboxes have it as their root. But a folder may have been removed, and made anew.
    private string Prepared(ImageRoot image, IReadOnlyList<MountInside> ofAgent)
    {
        lock (places)
        {
            if (!made.TryGetValue(image.Folder, out var users))
                users = Path.Combine(folder, made.Count.ToString(CultureInfo.InvariantCulture));
            try
            {
                foreach (var file in RootFileSystem.FilesOfUsers.Where(file => !File.Exists(users + file)))
                    WriteUsers(users + file, OnMachine(image, file), RootFileSystem.UserLine(file));
                foreach (var inside in Folders.Concat(ofAgent.Select(each => each.Inside)))
                    MakeFolder(image.Folder, inside);
                foreach (var inside in Shared.Concat(RootFileSystem.FilesOfUsers))
                    MakeFile(image.Folder, inside);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or LinuxException)
            {
                throw new SandboxException($"{image.Folder} cannot be made the root of a sandbox: {failure.Message}", failure);
            }

            return made[image.Folder] = users;
        }
    }

    private static string? OnMachine(ImageRoot image, string inside) =>
        LinkWalk.Follow(inside, path => LinkWalk.LinkAt(image.Folder + path)) is { } end ? image.Folder + end : null;

    private static void WriteUsers(string place, string? ofImage, string line)
    {
        var has = ofImage is not null && new FileInfo(ofImage) is { Exists: true, LinkTarget: null, Length: <= MaxUsersBytes };
        var text = has ? File.ReadAllText(ofImage!).TrimEnd('\n') + '\n' : "root:x:0:0:root:/root:/sbin/nologin\n";
        RootFileSystem.MakeOpen(Path.GetDirectoryName(place)!);
        RootFileSystem.WriteOpen(place, System.Text.Encoding.UTF8.GetBytes(text.TrimStart('\n') + line));
    }

    // What an image has there that is no folder, a link for example, gives way: nothing is followed, and a mount would be in its place.
    private static void MakeFolder(string root, string inside)
    {
        var path = root;
        foreach (var part in inside.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            path += $"/{part}";
            if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
                continue;
            File.Delete(path);
            RootFileSystem.MakeOpen(path);
        }
    }

    private static void MakeFile(string root, string inside)
    {
        MakeFolder(root, Path.GetDirectoryName(inside)!);
        var path = root + inside;
        if (new FileInfo(path) is { Exists: true, LinkTarget: null })
            return;
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
        RootFileSystem.WriteOpen(path, []);
    }
}
