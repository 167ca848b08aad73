using Thaw.Store.Archive;
using Thaw.Store.Images;
using Thaw.Store.Records;
using Thaw.Testing;

namespace Thaw.UnitTests.Store.Images;

/// <summary>An archive, and a place for the images that are brought to it.</summary>
internal sealed class ImageStage : IDisposable
{
    private readonly TemporaryFolder parent = new();

    public ImageStage() => Archive = new CodeArchive(Folder);

    public CodeArchive Archive { get; }

    public string Folder => At("code");

    public string At(string name) => Path.Combine(parent.Path, name);

    public async Task<CodeReference> AddAsync(string uri, string architecture = "x86_64")
    {
        using var held = await Archive.AddImageAsync(uri, architecture);
        return held.Code;
    }

    public async Task<UnpackedImage> UnpackAsync(string uri) => await Archive.ImageOfAsync(await AddAsync(uri));

    public Task<UnpackedImage> UnpackAsync(WrittenImage image) => UnpackAsync(image.ToLayout(At("image")));

    /// <summary>Why it is refused; nothing of it must be left.</summary>
    public async Task<UnusableCodeException> RefusesAsync(string uri)
    {
        var refusal = await Assert.ThrowsAsync<UnusableCodeException>(() => UnpackAsync(uri));
        Assert.Empty(Directory.Exists(Folder) ? Directory.GetFileSystemEntries(Folder) : []);
        return refusal;
    }

    public Task<UnusableCodeException> RefusesAsync(WrittenImage image) => RefusesAsync(image.ToLayout(At("image")));

    public void Dispose()
    {
        Archive.Dispose();
        CodeFolder.Remove(Folder);
        parent.Dispose();
    }
}
