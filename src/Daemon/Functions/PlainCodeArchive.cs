using System.IO.Compression;
using System.Security.Cryptography;
using Thaw.Store;
using Thaw.Store.Archive;
using Thaw.Store.Records;

namespace Thaw.Daemon.Functions;

/// <summary>Code below a folder, by its digest. Nothing is ever collected.</summary>
internal sealed class PlainCodeArchive(string folder) : ICodeArchive
{
    private const string NoZip = "Could not unzip uploaded file. Please check your file, then try to upload again.";

    public Task<IHeldCode> AddAsync(ReadOnlyMemory<byte> zip) => Task.Run<IHeldCode>(() =>
    {
        var code = new CodeReference(Convert.ToBase64String(SHA256.HashData(zip.Span)), zip.Length, UnpackedBytes(zip));
        if (ZipOf(code) is null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(PathOf(code) + ".zip", zip.Span);
        }

        return new Held(code);
    });

    public string? ZipOf(CodeReference code) => File.Exists(PathOf(code) + ".zip") ? PathOf(code) + ".zip" : null;

    public Task<string> FolderOfAsync(CodeReference code) => Task.Run(() =>
    {
        var into = PathOf(code);
        try
        {
            return Directory.Exists(into) ? into : Archive.Unpack(into + ".zip", into);
        }
        catch (UnusableFunctionException unusable)
        {
            throw new UnusableCodeException(unusable.Message);
        }
    });

    public async Task<string> OptOfAsync(IReadOnlyList<LayerReference> layers)
    {
        var key = string.Concat(layers.Select(layer => layer.Code.Sha256));
        var into = Path.Combine(folder, "opt", Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key))));
        List<string> folders = [];
        foreach (var layer in layers)
            folders.Add(await FolderOfAsync(layer.Code));
        return await Task.Run(() => Directory.Exists(into) ? into : Layers.Merge([.. folders], into));
    }

    public Task CollectAsync(IStore store) => Task.CompletedTask;

    private static long UnpackedBytes(ReadOnlyMemory<byte> zip)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(zip.ToArray()));
            var bytes = archive.Entries.Sum(entry => entry.Length);
            return bytes < 262_144_000
                ? bytes
                : throw new UnusableCodeException("Unzipped size must be smaller than 262144000 bytes");
        }
        catch (InvalidDataException)
        {
            throw new UnusableCodeException(NoZip);
        }
    }

    private string PathOf(CodeReference code) =>
        Path.Combine(folder, Convert.ToHexStringLower(Convert.FromBase64String(code.Sha256)));

    private sealed record Held(CodeReference Code) : IHeldCode
    {
        public void Dispose()
        {
        }
    }
}
