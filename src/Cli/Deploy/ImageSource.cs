using System.Text.Json;

namespace Thaw.Cli.Deploy;

/// <summary>A container image that lies on the daemon's machine, which is this one where its path is looked for here.</summary>
/// <param name="Uri">As <see cref="Store.Images.ImageReference"/> reads it.</param>
internal sealed record ImageSource(string Uri) : IFunctionCode
{
    public string Contents => $"the image {Uri}";

    public string PackageType => "Image";

    /// <summary>Ten gigabytes are read, summed and written.</summary>
    public TimeSpan Patience => TimeSpan.FromMinutes(30);

    /// <param name="path">Of an archive or a folder, perhaps with a tag or digest behind it; relative to where we are.</param>
    public static ImageSource Of(string path) =>
        new(path.StartsWith("file://", StringComparison.Ordinal) ? path : Path.GetFullPath(path));

    // Only the daemon knows where its tag leads by now.
    public bool IsIn(JsonElement configuration) => false;

    public void Write(Utf8JsonWriter json) => json.WriteString("ImageUri", Uri);
}
