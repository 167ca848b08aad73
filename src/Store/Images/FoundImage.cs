namespace Thaw.Store.Images;

/// <summary>One image among those that lie in a place, for one platform.</summary>
/// <param name="Digest">In hexadecimal: of its manifest, or of its configuration where it has none.</param>
/// <param name="Config">The configuration as it was written, and checked.</param>
internal sealed record FoundImage(string Digest, byte[] Config, IReadOnlyList<FoundLayer> Layers);

/// <summary>A layer, the lowest first.</summary>
/// <param name="File">Its name among the files of the image.</param>
/// <param name="Digest">Of that file; null when only its content has one.</param>
internal sealed record FoundLayer(string File, string? Digest);
