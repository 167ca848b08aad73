using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Thaw.Linux;
using Thaw.Store.Archive;

namespace Thaw.Store.Images;

/// <summary>
/// A root file system that layers are laid over, one after the other. Names are followed as inside of it (<see cref="RootedPath"/>):
/// nothing is written or removed elsewhere, whatever links a layer brings. All belongs to us; devices and pipes are left out, and so are
/// the bits of a mode that give privileges.
/// </summary>
internal sealed class ImageTree(string root, ImageBudget budget)
{
    private const string Whiteout = ".wh.", Opaque = ".wh..wh..opq", Private = ".wh..wh.";

    // What Linux takes, less what the folders before it may need.
    private const int MaxNameBytes = 255, MaxPathBytes = 3_000, Permissions = 0x1FF;

    /// <summary>What an image lets everybody do inside, all users of this machine could do to its folder; nobody writes inside.</summary>
    private const UnixFileMode NotKept = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private const UnixFileMode Ours = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Open = Ours | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    /// <summary>Set in the end: a folder may be closed to us who still write into it.</summary>
    private readonly Dictionary<string, UnixFileMode> folderModes = new() { [root] = Open };

    private readonly HashSet<string> ofThisLayer = [];
    private (string Name, string Path)? lastFolder;

    /// <exception cref="UnusableCodeException">It must not be unpacked.</exception>
    /// <exception cref="InvalidDataException">It is no layer.</exception>
    /// <exception cref="IOException">There is no room for it.</exception>
    public void Apply(TarStream layer)
    {
        Directory.CreateDirectory(root);
        ofThisLayer.Clear();
        while (layer.Next() is { } item)
            Apply(item, layer);
    }

    /// <summary>After the last layer.</summary>
    public void Finish()
    {
        if (OperatingSystem.IsWindows())
            return;
        foreach (var (folder, mode) in folderModes)
        {
            // A later layer may have put a link in its place, or before it.
            if (Resolve(folder[root.Length..]) == folder && Is(folder, FileAttributes.Directory))
                File.SetUnixFileMode(folder, mode);
        }
    }

    private void Apply(TarItem item, TarStream content)
    {
        var parts = Parts(item.Name);
        budget.TakeFile(item.Name.Length);
        if (parts.Length == 0)
        {
            folderModes[root] = ModeOf(item) | Open;
            return;
        }

        var (folder, name) = (Folder(parts[..^1]), parts[^1]);
        var place = $"{folder}/{name}";
        if (item.Kind != TarKind.File)
            lastFolder = null;
        if (name == Opaque)
            RemoveLowerBelow(folder);
        else if (name.StartsWith(Private, StringComparison.Ordinal))
            return;
        else if (name.StartsWith(Whiteout, StringComparison.Ordinal))
            RemoveLower(folder, name[Whiteout.Length..]);
        else if (item.Kind != TarKind.Other)
            Put(item, place, content);
    }

    private void Put(TarItem item, string place, TarStream content)
    {
        if (item.Kind != TarKind.Folder || !Is(place, FileAttributes.Directory))
            Remove(place);
        ofThisLayer.Add(place);
        switch (item.Kind)
        {
            case TarKind.Folder:
                Directory.CreateDirectory(place);
                folderModes[place] = ModeOf(item) | Ours;
                break;
            case TarKind.File:
                Write(item, place, content);
                break;
            case TarKind.Link:
                if (item.LinkName.Length == 0 || Encoding.UTF8.GetByteCount(item.LinkName) > MaxPathBytes)
                    throw ImageFault.Invalid($"the link {ShownName.Of(item.Name)} is empty or too long");
                File.CreateSymbolicLink(place, item.LinkName);
                break;
            case TarKind.HardLink:
                Link(item, place);
                break;
        }
    }

    private static string[] Parts(string name)
    {
        string[] parts = [.. name.Split('/').Where(part => part is not ("" or "."))];
        if (parts.Contains(".."))
            throw ImageFault.Invalid($"{ShownName.Of(name)} would lie outside of the image");
        if (name.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(name) > MaxPathBytes
            || parts.Any(part => Encoding.UTF8.GetByteCount(part) > MaxNameBytes))
        {
            throw ImageFault.Invalid($"the name {ShownName.Of(name)} is too long, or no name of a file");
        }

        return parts;
    }

    /// <summary>Where a folder really lies; it is made if it is not there.</summary>
    private string Folder(string[] parts)
    {
        var name = string.Join('/', parts);
        if (lastFolder is { } last && last.Name == name)
            return last.Path;
        var path = Resolve(name) ?? throw ImageFault.Invalid($"the links to {ShownName.Of(name)} go round in a circle");
        if (Encoding.UTF8.GetByteCount(path) > root.Length + MaxPathBytes)
            throw ImageFault.Invalid($"{ShownName.Of(name)} lies too deep");
        for (var end = root.Length; end < path.Length;)
        {
            end = path.IndexOf('/', end + 1) is > 0 and var next ? next : path.Length;
            Make(path[..end], name);
        }

        lastFolder = (name, path);
        return path;
    }

    // A layer of a few bytes could have us follow links for days.
    private string? Resolve(string path) => RootedPath.Resolve(path, inside =>
    {
        budget.TakeStep();
        return root + inside;
    });

    private void Make(string folder, string name)
    {
        ofThisLayer.Add(folder);
        if (Is(folder, FileAttributes.Directory))
            return;
        if (IsThere(folder))
            throw ImageFault.Invalid($"{ShownName.Of(name)} is no folder, but has files below it");
        budget.TakeFile(folder.Length - root.Length);
        Directory.CreateDirectory(folder);
        folderModes[folder] = Open;
    }

    private void Write(TarItem item, string place, TarStream content)
    {
        using var file = new FileStream(place, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            while (content.Read(buffer) is > 0 and var count)
                file.Write(buffer, 0, count);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        // Compiled Python knows its source by this time.
        File.SetLastWriteTimeUtc(file.SafeFileHandle, item.Modified.UtcDateTime);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file.SafeFileHandle, ModeOf(item));
    }

    private void Link(TarItem item, string place)
    {
        var parts = Parts(item.LinkName);
        var other = parts.Length == 0 ? null : Resolve(string.Join('/', parts[..^1])) is { } folder
            ? $"{folder}/{parts[^1]}"
            : null;
        if (other is null || !IsThere(other) || Is(other, FileAttributes.Directory))
            throw ImageFault.Invalid($"{ShownName.Of(item.Name)} is said to be the file {ShownName.Of(item.LinkName)}, which is not there");
        if (Syscalls.link(other, place) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new IOException($"link {place}: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    private void RemoveLower(string folder, string name)
    {
        if (name is "" or "." or "..")
            throw ImageFault.Invalid($"a whiteout in {ShownName.Of(folder[root.Length..])} is of no file");
        RemoveLower($"{folder}/{name}");
    }

    private bool RemoveLower(string place)
    {
        if (ofThisLayer.Contains(place))
            return false;
        Remove(place);
        return true;
    }

    private void RemoveLowerBelow(string folder)
    {
        foreach (var place in Directory.GetFileSystemEntries(folder))
        {
            budget.TakeStep();
            if (!RemoveLower(place) && Is(place, FileAttributes.Directory))
                RemoveLowerBelow(place);
        }
    }

    // No link is followed: it is the link that goes.
    private static void Remove(string place)
    {
        if (Is(place, FileAttributes.Directory))
            Directory.Delete(place, recursive: true);
        else if (IsThere(place))
            File.Delete(place);
    }

    private static bool IsThere(string path) => (int)new FileInfo(path).Attributes != -1;

    private static bool Is(string path, FileAttributes kind) => new FileInfo(path).Attributes is var attributes && (int)attributes != -1
        && (attributes & (kind | FileAttributes.ReparsePoint)) == kind;

    private static UnixFileMode ModeOf(TarItem item) => (UnixFileMode)(item.Mode & Permissions) & ~NotKept;
}
