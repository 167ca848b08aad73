using System.Formats.Tar;
using System.Text;
using System.Text.Json.Nodes;
using Thaw.Linux;
using Thaw.Store.Archive;
using Thaw.Store.Images;
using Thaw.Testing;

namespace Thaw.UnitTests.Store.Images;

public sealed class Hostile_images : IDisposable
{
    private readonly ImageStage stage = new();

    public void Dispose() => stage.Dispose();

    [Theory, InlineData("config"), InlineData("layer")]
    public async Task Reach_no_file_beside_their_folder_by_name(string what)
    {
        var (folder, beside) = (Extracted(Image()), stage.At("beside"));
        File.Move(Path.Combine(folder, what == "config" ? "config.json" : "layer.tar"), beside);
        foreach (var name in new[] { beside, "../beside" })
        {
            WriteManifest(folder, what == "config" ? name : "config.json", what == "config" ? "layer.tar" : name);
            Assert.Contains("leads out of its folder", (await stage.RefusesAsync(folder)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Reach_no_file_beside_their_folder_by_links()
    {
        var image = Image();
        var folder = image.ToLayout(stage.At("image"));
        foreach (var file in new[] { image.LastLayer, $"blobs/sha256/{image.ConfigDigest}", "index.json" })
        {
            var (path, beside) = (Path.Combine(folder, file), stage.At("beside"));
            File.Move(path, beside);
            foreach (var target in new[] { beside, Path.GetRelativePath(Path.GetDirectoryName(path)!, beside) })
            {
                File.CreateSymbolicLink(path, target);
                Assert.Contains("leads out of its folder", (await stage.RefusesAsync(folder)).Message, StringComparison.Ordinal);
                File.Delete(path);
            }

            File.Move(beside, path);
        }

        // What stays inside is no fault.
        File.Move(Path.Combine(folder, image.LastLayer), Path.Combine(folder, "layer"));
        File.CreateSymbolicLink(Path.Combine(folder, image.LastLayer), "../../layer");
        await stage.UnpackAsync(folder);
    }

    [Fact]
    public async Task Have_nobody_wait_for_a_pipe_or_read_a_device()
    {
        var image = Image();
        var folder = image.ToLayout(stage.At("image"));
        foreach (var file in new[] { image.LastLayer, "index.json" })
        {
            File.Delete(Path.Combine(folder, file));
            Assert.Equal(0, Syscalls.mknod(Path.Combine(folder, file), 0x1000 | 0x1A4, 0));
            var refusal = await stage.RefusesAsync(folder).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            Assert.Contains("no plain file", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, Syscalls.mknod(stage.At("pipe"), 0x1000 | 0x1A4, 0));
        Assert.Contains("no plain file", (await stage.RefusesAsync(stage.At("pipe"))).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(".wh."), InlineData(".wh.."), InlineData(".wh..."), InlineData("a/.wh..."), InlineData("a/.wh..")]
    public async Task Remove_no_folder_by_a_whiteout_of_no_name(string name)
    {
        var refusal = await stage.RefusesAsync(new WrittenImage()
            .WithLayer(tar => tar.File("a/x", "1"))
            .WithLayer(tar => tar.File("a/y", "1"))
            .WithLayer(tar => tar.File(name)));
        Assert.Contains("is of no file", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Have_no_names_with_zero_bytes()
    {
        foreach (var (path, link) in new[] { ("a\0b", "x"), ("a", "x\0y") })
        {
            var layer = PaxTar(path, link);
            Assert.Contains("zero byte", (await stage.RefusesAsync(Folder(new WrittenImage().WithLayer(layer, layer)))).Message,
                StringComparison.Ordinal);
            await File.WriteAllBytesAsync(stage.At("image.tar"), layer, TestContext.Current.CancellationToken);
            Assert.Contains("zero byte", (await stage.RefusesAsync(stage.At("image.tar"))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Write_nothing_but_short_plain_text_into_messages()
    {
        var evil = $"\u001B[2J\n{new string('x', 100_000)}";
        var folder = Image().ToLayout(stage.At("image"), $"{evil}:v1");
        Image("2").ToLayout(folder, $"{evil}:v2");
        await IsPlainAsync(folder);
        await IsPlainAsync($"{folder}:v3");
        Directory.Delete(folder, recursive: true);

        var other = Image();
        other.Architecture = evil;
        await IsPlainAsync(other.ToLayout(stage.At("image"), otherPlatform: other));
        var extracted = Extracted(Image());
        foreach (var (config, layer) in new[] { (evil, "layer.tar"), ("config.json", evil), ("config.json", "missing\n") })
        {
            WriteManifest(extracted, config, layer);
            await IsPlainAsync(extracted);
        }

        async Task IsPlainAsync(string uri)
        {
            var message = (await stage.RefusesAsync(uri)).Message;
            Assert.True(message.Length < 5_000 && !message.Any(char.IsControl), $"{message.Length}");
        }
    }

    [Fact]
    public async Task Let_no_other_user_of_the_machine_write()
    {
        var image = await stage.UnpackAsync(new WrittenImage().WithLayer(tar => tar
            .Folder("app", (UnixFileMode)0x1FF).File("app/main", "1", (UnixFileMode)0x1FF)));
        foreach (var path in new[] { "app", "app/main" })
            Assert.Equal(0x1ED, OperatingSystem.IsWindows() ? 0 : (int)File.GetUnixFileMode($"{image.Root}/{path}"));
    }

    [Fact]
    public void End_when_their_names_are_too_much_work()
    {
        // Every one of forty links leads through a thousand folders, and the next one.
        var ways = string.Concat(Enumerable.Repeat("d/../", 250));
        var refusal = Refuses(tar =>
        {
            tar.Folder("d");
            for (var i = 0; i < 30; i++)
                tar.Link($"l{i}", $"{ways}l{i + 1}");
            tar.Folder("l30");
            for (var i = 0; i < 100; i++)
                tar.File($"l0/{i % 2}/x");
        });
        Assert.Contains("behind too many links", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void End_when_their_names_are_too_long_together()
    {
        var deep = string.Concat(Enumerable.Repeat("a/", 1_400));
        Assert.Contains("letters", Refuses(tar =>
        {
            for (var i = 0; i < 100; i++)
                tar.File($"{deep}{i}");
        }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task End_when_they_have_too_many_layers_or_are_packed_into_more_than_they_hold()
    {
        var many = new WrittenImage();
        for (var i = 0; i <= 1_000; i++)
            many.WithLayer(new byte[1024], new byte[1024]);
        Assert.Contains("1001 layers", (await stage.RefusesAsync(Folder(many))).Message, StringComparison.Ordinal);

        byte[] nothing = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        byte[] packed = [.. Enumerable.Repeat(nothing, 200_000).SelectMany(bytes => bytes), .. WrittenImage.Gzip(new byte[1024])];
        var (found, files) = Found(new WrittenImage().WithLayer(new byte[1024], packed));
        var refusal = Assert.Throws<UnusableCodeException>(
            () => UnpackedImage.Unpack(found, files, stage.At("into"), new ImageBudget(maxBytes: 1024 * 1024)));
        Assert.Contains("packed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Have_documents_of_a_bounded_size_and_number()
    {
        var folder = Image().ToLayout(stage.At("image"));
        var padded = "{\"manifests\":[]" + new string(' ', 4 * 1024 * 1024) + "}";
        await File.WriteAllTextAsync(Path.Combine(folder, "index.json"), padded, TestContext.Current.CancellationToken);
        Assert.Contains("has more than 4194304 bytes", (await stage.RefusesAsync(folder)).Message, StringComparison.Ordinal);

        var extracted = Extracted(Image());
        var all = new JsonArray([.. Enumerable.Range(0, 1_001).Select(_ => (JsonNode)new JsonObject { ["Config"] = "config.json" })]);
        await File.WriteAllTextAsync(Path.Combine(extracted, "manifest.json"), all.ToJsonString(), TestContext.Current.CancellationToken);
        Assert.Contains("1001 images", (await stage.RefusesAsync(extracted)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Do_not_go_on_for_ever_by_indexes_of_indexes()
    {
        var image = Image();
        var folder = image.ToLayout(stage.At("image"));
        var digest = image.Digest;
        for (var i = 0; i < 6; i++)
        {
            var index = Encoding.UTF8.GetBytes($$"""{"manifests":[{"digest":"sha256:{{digest}}"}]}""");
            digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(index));
            await File.WriteAllBytesAsync(Path.Combine(folder, "blobs/sha256", digest), index, TestContext.Current.CancellationToken);
        }

        Assert.Contains("without an end", (await stage.RefusesAsync($"{folder}@sha256:{digest}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Are_no_fault_of_ours_when_they_change_between_two_looks()
    {
        var image = Image();
        var tar = image.ToLayoutTar(stage.At("image.tar"));
        var code = await stage.AddAsync(tar);
        await using (var file = File.OpenWrite(tar))
            file.SetLength(file.Length / 2);
        var cut = await Assert.ThrowsAsync<UnusableCodeException>(() => stage.Archive.ImageOfAsync(code));
        Assert.Equal("InvalidImage", cut.ReasonCode);
        File.Delete(tar);
        Assert.Equal("ImageDeleted", (await Assert.ThrowsAsync<UnusableCodeException>(() => stage.Archive.ImageOfAsync(code))).ReasonCode);
        Image("2").ToLayoutTar(tar);
        Assert.Equal("ImageDeleted", (await Assert.ThrowsAsync<UnusableCodeException>(() => stage.Archive.ImageOfAsync(code))).ReasonCode);
    }

    private static WrittenImage Image(string text = "1") => new WrittenImage().WithLayer(tar => tar.File("one", text), gzip: false);

    private static byte[] PaxTar(string path, string link)
    {
        var records = $"{Record("path", path)}{Record("linkpath", link)}";
        byte[] content = Encoding.Latin1.GetBytes(records.PadRight(512, '\0'));
        return [.. TarHeader('x', records.Length), .. content, .. TarHeader('2', 0), .. new byte[1024]];
    }

    private static string Record(string key, string value) => $"{key.Length + value.Length + 5} {key}={value}\n";

    private static byte[] TarHeader(char type, int size)
    {
        var header = new byte[512];
        Encoding.ASCII.GetBytes("name").CopyTo(header, 0);
        Encoding.ASCII.GetBytes($"{Convert.ToString(size, 8)}\0").CopyTo(header, 124);
        header[156] = (byte)type;
        Encoding.ASCII.GetBytes("ustar\0").CopyTo(header, 257);
        header.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes($"{Convert.ToString(header.Sum(one => one), 8)}\0").CopyTo(header, 148);
        return header;
    }

    private static void WriteManifest(string folder, string config, string layer) => File.WriteAllText(
        Path.Combine(folder, "manifest.json"),
        $$"""[{"Config":{{JsonValue.Create(config).ToJsonString()}},"Layers":[{{JsonValue.Create(layer).ToJsonString()}}]}]""");

    private string Folder(WrittenImage image)
    {
        var folder = stage.At("image");
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        return image.ToLayout(folder);
    }

    /// <summary>What an older Docker saved, as a folder.</summary>
    private string Extracted(WrittenImage image)
    {
        var folder = stage.At("extracted");
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            TarFile.ExtractToDirectory(image.ToDockerArchive(stage.At("docker.tar")), folder, overwriteFiles: false);
            File.Move(Path.Combine(folder, $"{image.ConfigDigest}.json"), Path.Combine(folder, "config.json"));
            File.Move(Path.Combine(folder, "0/layer.tar"), Path.Combine(folder, "layer.tar"));
        }

        return folder;
    }

    private (FoundImage Image, ImageFiles Files) Found(WrittenImage image)
    {
        var files = ImageFiles.At(Folder(image));
        return (ImageIndex.Find(files, ImageReference.Parse(files.Path)!, "x86_64"), files);
    }

    private UnusableCodeException Refuses(Action<TarWriter> write)
    {
        var (found, files) = Found(new WrittenImage().WithLayer(write));
        var budget = new ImageBudget(maxLetters: 100_000, maxSteps: 100_000);
        return Assert.Throws<UnusableCodeException>(() => UnpackedImage.Unpack(found, files, stage.At("into"), budget));
    }
}
