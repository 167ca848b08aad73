using Thaw.Environments.Functions;
using Thaw.Store;
using Thaw.Store.Archive;
using Thaw.Store.Records;

namespace Thaw.Daemon.Functions;

/// <summary>CreateFunction's <c>Code</c> in a folder's <c>thaw.json</c>: the image that the function is, relative to the folder.</summary>
internal sealed record ImageDescription
{
    /// <summary>As <see cref="Store.Images.ImageReference"/> reads it, or a path below the folder.</summary>
    public string? ImageUri { get; init; }

    /// <summary>Finds and unpacks it; what was unpacked before is there still.</summary>
    /// <param name="folder">The function's.</param>
    /// <param name="images">Where images lie unpacked.</param>
    /// <returns>The image, and where it came from.</returns>
    /// <exception cref="UnusableFunctionException">There is no such image, or it is damaged.</exception>
    public (FunctionImage Image, string Source) Unpack(ConfigField? own, string folder, CodeArchive images)
    {
        if (ImageUri is not { Length: > 0 })
            throw new UnusableFunctionException("a function of PackageType Image says which, as \"Code\": { \"ImageUri\": \"image.tar\" }");
        var uri = ImageUri.StartsWith("file://", StringComparison.Ordinal) ? ImageUri : Path.GetFullPath(ImageUri, folder);
        try
        {
            return UnpackAsync(images, uri, own).GetAwaiter().GetResult();
        }
        catch (Exception unusable) when (unusable is UnusableCodeException or StoreException)
        {
            throw new UnusableFunctionException(unusable.Message);
        }
    }

    private static async Task<(FunctionImage Image, string Source)> UnpackAsync(CodeArchive archive, string uri, ConfigField? own)
    {
        var architecture = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture
            == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "x86_64";
        using var held = await archive.AddImageAsync(uri, architecture);
        var settings = own is null ? null : new ImageSettings(own.EntryPoint, own.Command, own.WorkingDirectory);
        var source = Store.Images.ImageReference.Parse(uri)!.Path;
        return (FunctionImage.Of(await archive.ImageOfAsync(held.Code), settings), source);
    }

    /// <summary>CreateFunction's <c>ImageConfig</c>.</summary>
    internal sealed record ConfigField
    {
        public IReadOnlyList<string>? EntryPoint { get; init; }

        public IReadOnlyList<string>? Command { get; init; }

        public string? WorkingDirectory { get; init; }
    }
}
