using Thaw.Store.Archive;

namespace Thaw.Store.Images;

/// <summary>An image that lies unpacked in a folder; nobody changes it any more.</summary>
/// <param name="Root">The folder that is its root. Names below it are to be followed by <see cref="RootedPath"/> alone.</param>
public sealed record UnpackedImage(string Root, ImageConfig Config)
{
    /// <summary>Docker makes 127 at most.</summary>
    private const int MaxLayers = 1_000;

    private const string RootName = "root", ConfigName = "config.json";

    /// <summary>Reads what <see cref="Unpack"/> has made.</summary>
    internal static UnpackedImage In(string folder) =>
        new($"{folder}/{RootName}", ImageConfig.Read(File.ReadAllBytes($"{folder}/{ConfigName}")));

    /// <summary>Lays its layers over each other, in a folder that is not there yet.</summary>
    /// <exception cref="UnusableCodeException">It must not be unpacked. A part of it may be there.</exception>
    internal static void Unpack(FoundImage image, ImageFiles files, string folder, ImageBudget budget)
    {
        var config = ImageConfig.Read(image.Config);
        if (config.DiffIds.Count != image.Layers.Count)
            throw ImageFault.Invalid($"it has {image.Layers.Count} layers, and its configuration knows of {config.DiffIds.Count}");
        if (image.Layers.Count > MaxLayers)
            throw ImageFault.Invalid($"it has {image.Layers.Count} layers, more than {MaxLayers}");
        try
        {
            Directory.CreateDirectory(folder);
            Directory.CreateDirectory($"{folder}/{RootName}");
            var tree = new ImageTree($"{folder}/{RootName}", budget);
            foreach (var (layer, diffId) in image.Layers.Zip(config.DiffIds))
                Apply(layer, diffId, files, tree, budget);
            tree.Finish();
            File.WriteAllBytes($"{folder}/{ConfigName}", image.Config);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw ImageFault.NoRoom(Path.GetDirectoryName(folder)!, failure);
        }
    }

    private static void Apply(FoundLayer layer, string diffId, ImageFiles files, ImageTree tree, ImageBudget budget)
    {
        var name = ShownName.Of(layer.Digest ?? layer.File);
        try
        {
            using var packed = new CheckedStream(Open(layer, files), budget.TakePackedBytes);
            using var content = new CheckedStream(Compression.Unpacked(CompressionOf(layer, files), packed), budget.TakeBytes);
            tree.Apply(new TarStream(content));
            content.MustBe(diffId, $"the layer {name}");
            if (layer.Digest is not null)
                packed.MustBe(layer.Digest, $"the layer {name}");
        }
        catch (InvalidDataException broken)
        {
            throw ImageFault.Invalid($"the layer {name} is damaged: {broken.Message.TrimEnd('.')}");
        }
    }

    private static string CompressionOf(FoundLayer layer, ImageFiles files)
    {
        using var content = Open(layer, files);
        return Compression.Of(content);
    }

    private static Stream Open(FoundLayer layer, ImageFiles files) =>
        files.Open(layer.File)
            ?? throw ImageFault.Invalid($"the layer {ShownName.Of(layer.Digest ?? layer.File)} is missing in {files.Path}");
}
