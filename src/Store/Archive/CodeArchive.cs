using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Thaw.Store.Images;
using Thaw.Store.Records;

namespace Thaw.Store.Archive;

/// <summary>
/// An archive in a folder:
///
///   SHA.zip      as it was sent
///   SHA/         unpacked, and sealed
///   opt-SHA/     several layers merged, by the list of their hashes
///   img-SHA/     a container image, unpacked: its root, its configuration
///   new-...      being made, and renamed when it is whole; what a dead process has left goes with the next collection
/// </summary>
/// <param name="folder">One process's own.</param>
public sealed class CodeArchive(string folder) : ICodeArchive, IDisposable
{
    private const string New = "new-", Merged = "opt-", Zip = ".zip", NoLayers = "none", Image = "img-";

    private readonly string mine = $"{New}{Guid.NewGuid():N}-";
    private readonly CodeHolds holds = new();
    private readonly SemaphoreSlim unpacking = new(Math.Max(2, Environment.ProcessorCount));
    private readonly SemaphoreSlim unpackingImages = new(2);
    private readonly SemaphoreSlim collecting = new(1);
    private readonly ConcurrentDictionary<string, Lazy<Task<UnpackedImage>>> images = new();
    private int last;

    public Task<IHeldCode> AddAsync(ReadOnlyMemory<byte> zip) => InTurnAsync<IHeldCode>(() =>
    {
        var hash = SHA256.HashData(zip.Span);
        var name = Convert.ToHexStringLower(hash);
        var release = holds.Hold(name);
        try
        {
            var (file, unpacked) = (InFolder(name + Zip), InFolder(name));
            using var content = StreamOf(zip);
            var size = File.Exists(file) && Directory.Exists(unpacked) ? UnzippedCode.SizeOf(content) : Unpack(content, unpacked);
            if (!File.Exists(file))
                Keep(zip, file);
            return new HeldCode(new(Convert.ToBase64String(hash), zip.Length, size), release);
        }
        catch
        {
            release();
            throw;
        }
    });

    public Task<IHeldCode> AddImageAsync(string uri, string architecture) => InTurnAsync<IHeldCode>(() =>
    {
        var reference = ReferenceOf(uri);
        var digest = ImageIndex.Find(ImageFiles.At(reference.Path), reference, architecture).Digest;
        return new HeldCode(new(digest, 0, 0) { ImageUri = uri }, holds.Hold(Image + digest));
    });

    public async Task<UnpackedImage> ImageOfAsync(CodeReference code)
    {
        // Nobody waits for the same twice, and it has turns of its own: it may take minutes.
        var name = Image + code.Sha256;
        var unpacked = InFolder(name);
        if (Directory.Exists(unpacked))
            return UnpackedImage.In(unpacked);
        var making = images.GetOrAdd(name, _ => new(() => InTurnAsync(() => UnpackImage(code, name), unpackingImages)));
        try
        {
            return await making.Value;
        }
        finally
        {
            images.TryRemove(new(name, making));
        }
    }

    public string? ZipOf(CodeReference code) => InFolder(NameOf(code) + Zip) is var file && File.Exists(file) ? file : null;

    public Task<string> FolderOfAsync(CodeReference code) =>
        InFolder(NameOf(code)) is var unpacked && Directory.Exists(unpacked)
            ? Task.FromResult(unpacked)
            : InTurnAsync(() => Unpacked(code));

    public async Task<string> OptOfAsync(IReadOnlyList<LayerReference> layers) => layers switch
    {
        [] => InFolder(NoLayers),
        [var only] => await FolderOfAsync(only.Code),
        _ when InFolder(MergedNameOf(layers)) is var merged && Directory.Exists(merged) => merged,
        _ => await InTurnAsync(() => Merge(layers)),
    };

    public async Task CollectAsync(IStore store, Func<string, bool>? mayGo = null)
    {
        if (!Directory.Exists(folder))
            return;
        await collecting.WaitAsync();
        try
        {
            holds.Begin();
            var referred = await store.ReadAsync(ReferredNames);
            await Task.Run(() => Collect(referred, mayGo ?? (_ => true)));
        }
        finally
        {
            collecting.Release();
        }
    }

    /// <summary>
    /// Removes images that nobody has touched since, and what a dead process has left. For an archive that no store refers to, before
    /// anybody uses it.
    /// </summary>
    /// <returns>Ends when they are gone; nobody sees them on return.</returns>
    public Task RemoveUnused(DateTimeOffset since)
    {
        if (!Directory.Exists(folder))
            return Task.CompletedTask;
        string[] unused =
        [
            .. Directory.GetDirectories(folder, $"{Image}*")
                .Where(image => Directory.GetLastWriteTimeUtc(image) < since.UtcDateTime).Select(Renamed),
            .. Directory.GetDirectories(folder, $"{New}*")
                .Where(left => !Path.GetFileName(left).StartsWith(mine, StringComparison.Ordinal)),
        ];
        return Task.Run(() => Array.ForEach(unused, CodeFolder.Remove));
    }

    public void Dispose()
    {
        unpacking.Dispose();
        unpackingImages.Dispose();
        collecting.Dispose();
    }

    /// <exception cref="UnusableCodeException">It is none.</exception>
    private static ImageReference ReferenceOf(string uri) => ImageReference.Parse(uri) ?? throw ImageFault.Invalid(
        $"{uri} is no path on the daemon's machine; there is no registry here: save the image, for example by "
        + "'docker save NAME -o image.tar', and give the path of that, or of an OCI layout");

    private static string NameOf(CodeReference code) => Convert.ToHexStringLower(Convert.FromBase64String(code.Sha256));

    private static string MergedNameOf(IEnumerable<LayerReference> layers) => Merged + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(' ', layers.Select(layer => layer.Code.Sha256)))));

    private static MemoryStream StreamOf(ReadOnlyMemory<byte> zip) => MemoryMarshal.TryGetArray(zip, out var array)
        ? new(array.Array!, array.Offset, array.Count, writable: false)
        : new(zip.ToArray(), writable: false);

    private static HashSet<string> ReferredNames(IStoreReader view)
    {
        var names = new HashSet<string>();
        foreach (var partition in view.Partitions(Tables.LayerVersions))
            names.UnionWith(view.List(Tables.LayerVersions, partition).Select(layer => NameOf(layer.Code)));
        foreach (var version in view.Partitions(Tables.Versions).SelectMany(function => view.List(Tables.Versions, function)))
        {
            foreach (var deployment in new[] { version.Deployment, version.Previous }.OfType<Deployment>())
            {
                names.Add(deployment.Code.ImageUri is null ? NameOf(deployment.Code) : Image + deployment.Code.Sha256);
                names.UnionWith(deployment.Settings.Layers.Select(layer => NameOf(layer.Code)));
                if (deployment.Settings.Layers.Count > 1)
                    names.Add(MergedNameOf(deployment.Settings.Layers));
            }
        }

        return names;
    }

    private string InFolder(string name) => Path.Combine(folder, name);

    private string Renamed(string path)
    {
        var name = NewName();
        Directory.Move(path, name);
        return name;
    }

    private string NewName() => InFolder(mine + Interlocked.Increment(ref last).ToString(CultureInfo.InvariantCulture));

    private async Task<T> InTurnAsync<T>(Func<T> work, SemaphoreSlim? turns = null)
    {
        turns ??= unpacking;
        await turns.WaitAsync();
        try
        {
            return await Task.Run(work);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"code cannot be kept in {folder}: {failure.Message.TrimEnd('.')}; nothing has changed", failure);
        }
        finally
        {
            turns.Release();
        }
    }

    private string Unpacked(CodeReference code)
    {
        var name = NameOf(code);
        var release = holds.Hold(name);
        try
        {
            var unpacked = InFolder(name);
            if (Directory.Exists(unpacked))
                return unpacked;
            if (ZipOf(code) is not { } file)
                throw new UnusableCodeException($"its code is gone from {folder}; upload it again");
            using var content = File.OpenRead(file);
            Unpack(content, unpacked);
            return unpacked;
        }
        finally
        {
            release();
        }
    }

    private UnpackedImage UnpackImage(CodeReference code, string name)
    {
        var release = holds.Hold(name);
        try
        {
            var unpacked = InFolder(name);
            if (Directory.Exists(unpacked))
                return UnpackedImage.In(unpacked);

            // By its digest: its tag may lead elsewhere by now.
            var reference = ReferenceOf(code.ImageUri!) with { Tag = null, Digest = code.Sha256 };
            var files = ImageFiles.At(reference.Path);
            var image = ImageIndex.Find(files, reference, architecture: "");
            Make(unpacked, into =>
            {
                UnpackedImage.Unpack(image, files, into, new ImageBudget());
                return 0;
            }, isSealed: false);
            return UnpackedImage.In(unpacked);
        }
        finally
        {
            release();
        }
    }

    private string Merge(IReadOnlyList<LayerReference> layers)
    {
        var name = MergedNameOf(layers);
        Action[] releases = [holds.Hold(name), .. layers.Select(layer => holds.Hold(NameOf(layer.Code)))];
        try
        {
            var merged = InFolder(name);
            Make(merged, into =>
            {
                foreach (var layer in layers)
                    CodeFolder.Merge(Unpacked(layer.Code), into);
                return 0;
            });
            return merged;
        }
        finally
        {
            foreach (var release in releases)
                release();
        }
    }

    private long Unpack(Stream zip, string unpacked) => Make(unpacked, into => UnzippedCode.Unpack(zip, into));

    // Others may be at the same: who is first, wins, and all have the same.
    private T Make<T>(string place, Func<string, T> fill, bool isSealed = true)
    {
        Directory.CreateDirectory(folder);
        var making = NewName();
        try
        {
            var result = fill(making);
            if (isSealed)
                CodeFolder.Seal(making);
            try
            {
                Directory.Move(making, place);
            }
            catch (IOException) when (Directory.Exists(place))
            {
            }

            return result;
        }
        finally
        {
            CodeFolder.Remove(making);
        }
    }

    private void Keep(ReadOnlyMemory<byte> zip, string place)
    {
        var making = NewName();
        try
        {
            using (var file = new FileStream(making, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(zip.Span);
                file.Flush(flushToDisk: true);
            }

            File.Move(making, place, overwrite: true);
        }
        finally
        {
            File.Delete(making);
        }
    }

    private void Collect(HashSet<string> referred, Func<string, bool> mayGo)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (var path in Directory.EnumerateFileSystemEntries(folder))
        {
            var name = Path.GetFileName(path);
            if (name.StartsWith(mine, StringComparison.Ordinal) || referred.Contains(Path.GetFileNameWithoutExtension(name)))
                continue;

            var isLeft = name.StartsWith(New, StringComparison.Ordinal);
            if (!isLeft && !mayGo(Path.GetFileNameWithoutExtension(name)))
                continue;

            // Under its own name it is gone at once; the rest may take its time.
            var removed = isLeft ? path : NewName();
            if (removed != path)
                holds.IfFree(Path.GetFileNameWithoutExtension(name), () => Directory.Move(path, removed));
            if (File.Exists(removed))
                File.Delete(removed);
            else
                CodeFolder.Remove(removed);
        }
    }
}
