namespace Thaw.Store.Records;

/// <summary>The code of a function or layer, by its content.</summary>
/// <param name="Sha256">Of the zip as it was sent, in base64; of an image its digest, in hexadecimal.</param>
/// <param name="Size">Of the zip, in bytes; 0 for an image.</param>
/// <param name="UnpackedSize">Of all files in it together, in bytes.</param>
public sealed record CodeReference(string Sha256, long Size, long UnpackedSize)
{
    /// <summary>The image as its owner named it; null for a zip.</summary>
    public string? ImageUri { get; init; }

    public string? SourceKmsKeyArn { get; init; }
}
