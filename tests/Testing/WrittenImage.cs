using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Thaw.Testing;

/// <summary>A container image that a test makes: layer by layer, then written in one of the forms in which images come.</summary>
public sealed class WrittenImage
{
    private const string Manifest = "application/vnd.oci.image.manifest.v1+json", Index = "application/vnd.oci.image.index.v1+json";

    private readonly List<(byte[] Tar, byte[] Packed)> layers = [];

    /// <summary>The members of its <c>config</c>.</summary>
    public JsonObject Config { get; } = [];

    public string Architecture { get; set; } = "amd64";

    /// <summary>Of the manifest, in hexadecimal.</summary>
    public string Digest => Hex(ManifestBytes());

    /// <summary>Of the configuration, in hexadecimal.</summary>
    public string ConfigDigest => Hex(ConfigBytes());

    /// <summary>The file of the last layer in a layout.</summary>
    public string LastLayer => $"blobs/sha256/{Hex(layers[^1].Packed)}";

    public WrittenImage WithEntryPoint(params string[] words) => With("Entrypoint", words);

    public WrittenImage WithCommand(params string[] words) => With("Cmd", words);

    public WrittenImage WithEnv(params string[] variables) => With("Env", variables);

    public WrittenImage WithWorkingDir(string folder)
    {
        Config["WorkingDir"] = folder;
        return this;
    }

    public WrittenImage WithLayer(Action<TarWriter> write, bool gzip = true)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
            write(tar);
        return WithLayer(bytes.ToArray(), gzip ? Gzip(bytes.ToArray()) : bytes.ToArray());
    }

    public WrittenImage WithLayer(byte[] tar, byte[] packed)
    {
        layers.Add((tar, packed));
        return this;
    }

    /// <summary>An OCI layout in a folder; images that are there already stay.</summary>
    /// <param name="tag">Null for none.</param>
    public string ToLayout(string folder, string? tag = null, WrittenImage? otherPlatform = null)
    {
        Directory.CreateDirectory(Path.Combine(folder, "blobs/sha256"));
        WriteBlobs(folder);
        var (type, digest, size) = (Manifest, Digest, ManifestBytes().Length);
        if (otherPlatform is not null)
        {
            otherPlatform.WriteBlobs(folder);
            var both = new JsonObject
            {
                ["schemaVersion"] = 2,
                ["manifests"] = new JsonArray(otherPlatform.Descriptor(null), Descriptor(null)),
            };
            (type, digest, size) = (Index, WriteBlob(folder, Bytes(both)), Bytes(both).Length);
        }

        var index = Path.Combine(folder, "index.json");
        var listed = File.Exists(index) ? JsonNode.Parse(File.ReadAllBytes(index))!["manifests"]!.AsArray() : [];
        var entry = new JsonObject { ["mediaType"] = type, ["digest"] = $"sha256:{digest}", ["size"] = size };
        if (tag is not null)
            entry["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = tag };
        listed.Add(entry);
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllBytes(index, Bytes(new JsonObject { ["schemaVersion"] = 2, ["manifests"] = listed.DeepClone() }));
        return folder;
    }

    /// <summary>The same, as one tar archive.</summary>
    public string ToLayoutTar(string file, string? tag = null)
    {
        var folder = ToLayout($"{file}.folder", tag);
        TarFile.CreateFromDirectory(folder, file, includeBaseDirectory: false);
        Directory.Delete(folder, recursive: true);
        return file;
    }

    /// <summary>As older versions of Docker save it.</summary>
    public string ToDockerArchive(string file, params string[] tags)
    {
        using var stream = File.Create(file);
        using var tar = new TarWriter(stream, TarEntryFormat.Pax);
        tar.File($"{ConfigDigest}.json", ConfigBytes());
        for (var i = 0; i < layers.Count; i++)
            tar.File($"{i}/layer.tar", layers[i].Tar);
        var manifest = new JsonObject
        {
            [nameof(Config)] = $"{ConfigDigest}.json",
            ["RepoTags"] = Texts(tags),
            ["Layers"] = Texts([.. layers.Select((_, i) => $"{i}/layer.tar")]),
        };
        tar.File("manifest.json", Bytes(new JsonArray(manifest)));
        return file;
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static JsonArray Texts(string[] texts) => [.. texts.Select(text => (JsonNode)text)];

    private static byte[] Bytes(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string WriteBlob(string folder, byte[] bytes)
    {
        File.WriteAllBytes(Path.Combine(folder, "blobs/sha256", Hex(bytes)), bytes);
        return Hex(bytes);
    }

    private WrittenImage With(string name, string[] texts)
    {
        Config[name] = Texts(texts);
        return this;
    }

    private void WriteBlobs(string folder)
    {
        foreach (var (_, packed) in layers)
            WriteBlob(folder, packed);
        WriteBlob(folder, ConfigBytes());
        WriteBlob(folder, ManifestBytes());
    }

    private JsonObject Descriptor(string? type) => new()
    {
        ["mediaType"] = type ?? Manifest,
        ["digest"] = $"sha256:{Digest}",
        ["size"] = ManifestBytes().Length,
        ["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = Architecture },
    };

    private byte[] ConfigBytes() => Bytes(new JsonObject
    {
        ["architecture"] = Architecture,
        ["os"] = "linux",
        ["config"] = Config.DeepClone(),
        ["rootfs"] = new JsonObject
        {
            ["type"] = "layers",
            ["diff_ids"] = Texts([.. layers.Select(layer => $"sha256:{Hex(layer.Tar)}")]),
        },
    });

    private byte[] ManifestBytes() => Bytes(new JsonObject
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = Manifest,
        ["config"] = new JsonObject { ["digest"] = $"sha256:{ConfigDigest}", ["size"] = ConfigBytes().Length },
        ["layers"] = new JsonArray([.. layers.Select(layer => (JsonNode)new JsonObject
        {
            ["digest"] = $"sha256:{Hex(layer.Packed)}",
            ["size"] = layer.Packed.Length,
        })]),
    });
}
