using Thaw.Store.Images;
using Thaw.Store.Records;

namespace Thaw.Store.Archive;

/// <summary>
/// The code of functions and layers, by its content: a zip that was sent twice lies there once. What is there never changes.
/// </summary>
public interface ICodeArchive
{
    /// <summary>
    /// Checks a zip, keeps it and unpacks it. Until a record in the store refers to it, hold what this returns: then it is not collected.
    /// </summary>
    /// <param name="zip">The bytes as they were sent.</param>
    /// <exception cref="UnusableCodeException">It is no zip, or one that must not be unpacked; nothing was kept.</exception>
    /// <exception cref="StoreException">There is no room for it.</exception>
    Task<IHeldCode> AddAsync(ReadOnlyMemory<byte> zip);

    /// <summary>
    /// Finds an image, but does not unpack it: that may take minutes. Until a record refers to it, hold what this returns.
    /// </summary>
    /// <param name="uri">As <see cref="ImageReference"/> reads it.</param>
    /// <param name="architecture">Which platform's, as Lambda names it.</param>
    /// <exception cref="UnusableCodeException">There is no such image.</exception>
    Task<IHeldCode> AddImageAsync(string uri, string architecture);

    /// <summary>An image, unpacked: once, by whoever asks first.</summary>
    /// <exception cref="UnusableCodeException">It is damaged, must not be unpacked, or is gone and was not unpacked before.</exception>
    Task<UnpackedImage> ImageOfAsync(CodeReference code);

    /// <summary>The zip's own file; null when it is not there.</summary>
    string? ZipOf(CodeReference code);

    /// <summary>The folder with the unpacked files; read-only for everybody but the daemon.</summary>
    /// <exception cref="UnusableCodeException">It is gone, and cannot be unpacked again.</exception>
    Task<string> FolderOfAsync(CodeReference code);

    /// <summary>A folder with several layers merged in order; later ones win. An empty or missing folder without layers.</summary>
    /// <exception cref="UnusableCodeException">One of them is gone, or cannot be merged.</exception>
    Task<string> OptOfAsync(IReadOnlyList<LayerReference> layers);

    /// <summary>Removes what no record and no holder refers to.</summary>
    /// <param name="mayGo">Asked for each thing that would go, by its name; somebody may be running it still. Null lets all go.</param>
    Task CollectAsync(IStore store, Func<string, bool>? mayGo = null);
}
