using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Thaw.Store.Archive;

namespace Thaw.Store.Images;

/// <summary>
/// Finds an image among the files of an OCI layout, or of an archive by older versions of Docker, which have no digests for what they
/// hold.
/// <code>
///   index.json --tag--> index --platform--> manifest --> configuration, layers
///   manifest.json --tag---------------------------------> configuration, layers
/// </code>
/// Whatever has a digest is checked against it before it is believed.
/// </summary>
/// <param name="architecture">As Lambda names it: <c>x86_64</c> or <c>arm64</c>.</param>
internal sealed partial class ImageIndex(ImageFiles files, string architecture)
{
    /// <summary>What OCI asks registries to take.</summary>
    private const int MaxDocumentBytes = 4 * 1024 * 1024;

    /// <summary>Of one archive: one that is looked for by its digest may be the last, and each has a configuration to read.</summary>
    private const int MaxImages = 1_000;

    /// <summary>An index may list others.</summary>
    private const int MaxDepth = 4;

    private const string Algorithm = "sha256:", TagName = "org.opencontainers.image.ref.name", FullName = "io.containerd.image.name";

    private readonly string platform = $"linux/{(architecture == "arm64" ? "arm64" : "amd64")}";

    /// <exception cref="UnusableCodeException">There is no such image, or it is damaged.</exception>
    public static FoundImage Find(ImageFiles files, ImageReference reference, string architecture)
    {
        try
        {
            return new ImageIndex(files, architecture).Find(reference);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw ImageFault.Invalid($"the manifest, or what leads to it, in {reference.Path} is not what it should be");
        }
    }

    private FoundImage Find(ImageReference reference)
    {
        var index = files.Read("index.json", MaxDocumentBytes);
        if (index is null)
            return FindInArchive(reference);
        if (reference.Digest is { } digest)
            return Follow(Algorithm + digest, MaxDepth) ?? throw ImageFault.Deleted(reference.ToString());
        using var document = JsonDocument.Parse(index);
        Choice[] choices = [.. document.RootElement.Items("manifests").Select(ChoiceOf)];
        var chosen = Choose([.. choices.Where(choice => choice.Platform is null || choice.Platform == platform)], choices, reference);
        return Follow(chosen.Digest, MaxDepth) ?? throw ImageFault.Invalid($"{chosen.Digest} is missing in {reference.Path}");
    }

    private FoundImage FindInArchive(ImageReference reference)
    {
        var manifest = files.Read("manifest.json", MaxDocumentBytes) ?? throw ImageFault.Invalid(
            $"{reference.Path} has neither an index.json, as an OCI layout has, nor a manifest.json, as 'docker save' writes it");
        using var document = JsonDocument.Parse(manifest);
        var images = document.RootElement.EnumerateArray().ToArray();
        if (images.Length > MaxImages)
            throw ImageFault.Invalid($"{reference.Path} has {images.Length} images, more than {MaxImages}");
        if (reference.Digest is { } digest)
        {
            return images.Select(Image).FirstOrDefault(image => image.Digest == digest)
                ?? throw ImageFault.Deleted(reference.ToString());
        }

        Choice[] choices = [.. images.Select((image, at) => new Choice($"{at}", null, image.Texts("RepoTags") ?? []))];
        return Image(images[int.Parse(Choose(choices, choices, reference).Digest, System.Globalization.CultureInfo.InvariantCulture)]);
    }

    private static Choice Choose(Choice[] fitting, Choice[] all, ImageReference reference)
    {
        var meant = fitting.Where(choice => reference.Tag is null || choice.IsTagged(reference.Tag))
            .DistinctBy(choice => choice.Digest)
            .ToArray();
        if (meant.Length > 1 && reference.Tag is null && Array.FindAll(meant, choice => choice.IsTagged("latest")) is [var latest])
            return latest;
        if (meant is [var only])
            return only;
        var names = ShownName.Of(all.SelectMany(choice => choice.Names.Take(1)));
        if (meant.Length > 1)
            throw ImageFault.Invalid($"{reference.Path} has several images: say which, as {reference.Path}:TAG; it has {names}");
        if (reference.Tag is null)
            throw ImageFault.Invalid($"{reference.Path} has no image for this platform");
        throw ImageFault.Deleted($"{reference}{(names.Length > 0 ? $" (there are: {names})" : "")}");
    }

    private static Choice ChoiceOf(JsonElement descriptor)
    {
        var notes = descriptor.Member("annotations");
        string?[] names = [notes?.Text(FullName), notes?.Text(TagName)];
        return new(DigestOf(descriptor), PlatformOf(descriptor), [.. names.OfType<string>()]);
    }

    private static string? PlatformOf(JsonElement descriptor) => descriptor.Member("platform") is { } platform
        ? $"{platform.Text("os")}/{platform.Text("architecture")}"
        : null;

    private static string DigestOf(JsonElement descriptor) =>
        descriptor.Text("digest") is { } digest && DigestForm().IsMatch(digest)
            ? digest
            : throw ImageFault.Invalid("something in it has no digest of the form sha256:..., which is the one that is known here");

    private static string FileOf(string digest) => $"blobs/sha256/{digest[Algorithm.Length..]}";

    // REPOSITORY:TAG, or the tag alone; a registry may have a port.
    private static string TagOf(string name) =>
        name.LastIndexOf(':') is var colon && colon > name.LastIndexOf('/') ? name[(colon + 1)..] : name;

    private static string HexOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Null when there is no such blob.</summary>
    private byte[]? Document(string digest)
    {
        if (files.Read(FileOf(digest), MaxDocumentBytes) is not { } content)
            return null;
        return Algorithm + HexOf(content) == digest ? content : throw ImageFault.Invalid($"{digest} is damaged: that is not its digest");
    }

    private FoundImage? Follow(string digest, int depth)
    {
        if (Document(digest) is not { } content)
            return null;
        using var document = JsonDocument.Parse(content);
        var root = document.RootElement;
        if (root.Member("manifests") is null)
            return Image(digest, root);
        if (depth == 0)
            throw ImageFault.Invalid("its indexes lead to indexes, without an end");
        var listed = root.Items("manifests");
        var fitting = listed.Where(one => PlatformOf(one) == platform).Concat(listed.Where(one => PlatformOf(one) is null));
        foreach (var one in fitting)
        {
            return Follow(DigestOf(one), depth - 1)
                ?? throw ImageFault.Invalid($"what is for {platform} in it is missing: {DigestOf(one)}");
        }

        var others = listed.Select(PlatformOf).Distinct().Where(other => other is not "unknown/unknown");
        throw ImageFault.Invalid(
            $"it is for {ShownName.Of(others.OfType<string>())}, and the function for {platform}: set its Architectures");
    }

    private FoundImage Image(string digest, JsonElement manifest)
    {
        if (manifest.Member("config") is not { } config || manifest.Member("layers") is null)
            throw ImageFault.Invalid("its manifest is of no form that is known here: OCI's, or Docker's of version 2");
        var content = Document(DigestOf(config)) ?? throw ImageFault.Invalid($"its configuration is missing: {DigestOf(config)}");
        return new(digest[Algorithm.Length..], content,
            [.. manifest.Items("layers").Select(layer => new FoundLayer(FileOf(DigestOf(layer)), DigestOf(layer)))]);
    }

    private FoundImage Image(JsonElement inArchive)
    {
        var name = inArchive.Text("Config") ?? "";
        var config = files.Read(name, MaxDocumentBytes)
            ?? throw ImageFault.Invalid($"its configuration is missing: {ShownName.Of(name)}");
        return new(HexOf(config), config, [.. (inArchive.Texts("Layers") ?? []).Select(file => new FoundLayer(file, null))]);
    }

    [GeneratedRegex(@"^sha256:[0-9a-f]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex DigestForm();

    /// <param name="Digest">Of what it leads to, or its place in the list where nothing has one.</param>
    private sealed record Choice(string Digest, string? Platform, IReadOnlyList<string> Names)
    {
        public bool IsTagged(string tag) => Names.Any(name => TagOf(name) == tag);
    }
}
