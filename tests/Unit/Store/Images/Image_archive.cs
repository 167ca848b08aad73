using Thaw.Store;
using Thaw.Store.Archive;
using Thaw.Store.Memory;
using Thaw.Store.Records;
using Thaw.Testing;

namespace Thaw.UnitTests.Store.Images;

public sealed class Image_archive : IDisposable
{
    private readonly ImageStage stage = new();

    public void Dispose() => stage.Dispose();

    [Fact]
    public async Task Finds_the_same_image_in_all_forms()
    {
        var image = Image("1").WithEntryPoint("/bin/one", "a").WithCommand("b").WithEnv("A=1").WithWorkingDir("/work");
        var layout = image.ToLayout(stage.At("layout"));
        Assert.Equal(image.Digest, (await stage.AddAsync(layout)).Sha256);
        Assert.Equal(image.Digest, (await stage.AddAsync($"file://{image.ToLayoutTar(stage.At("layout.tar"))}")).Sha256);
        Assert.Equal(image.ConfigDigest, (await stage.AddAsync(image.ToDockerArchive(stage.At("docker.tar"), "shop:v1"))).Sha256);

        var unpacked = await stage.UnpackAsync(stage.At("docker.tar") + ":v1");
        Assert.Equal("1", await File.ReadAllTextAsync($"{unpacked.Root}/one", TestContext.Current.CancellationToken));
        Assert.Equal(["/bin/one", "a"], unpacked.Config.EntryPoint!);
        Assert.Equal(["b"], unpacked.Config.Cmd!);
        Assert.Equal(["A=1"], unpacked.Config.Env);
        Assert.Equal("/work", unpacked.Config.WorkingDir);
    }

    [Fact]
    public async Task Takes_the_one_that_the_tag_or_the_digest_names()
    {
        var (one, two) = (Image("1"), Image("2"));
        var layout = one.ToLayout(stage.At("layout"), "v1");
        two.ToLayout(layout, "registry:5000/shop:v2");
        Assert.Equal(one.Digest, (await stage.AddAsync($"{layout}:v1")).Sha256);
        Assert.Equal(two.Digest, (await stage.AddAsync($"{layout}#v2")).Sha256);
        Assert.Equal(two.Digest, (await stage.AddAsync($"{layout}@sha256:{two.Digest}")).Sha256);
        Assert.Contains("several images", (await stage.RefusesAsync(layout)).Message, StringComparison.Ordinal);
        var missing = await stage.RefusesAsync($"{layout}:v3");
        Assert.Equal("ImageDeleted", missing.ReasonCode);
        Assert.Contains("there are: \"v1\", \"registry:5000/shop:v2\"", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_the_one_for_the_functions_platform()
    {
        var (arm, intel) = (Image("arm"), Image("intel"));
        arm.Architecture = "arm64";
        var layout = intel.ToLayout(stage.At("layout"), otherPlatform: arm);
        Assert.Equal(intel.Digest, (await stage.AddAsync(layout)).Sha256);
        Assert.Equal(arm.Digest, (await stage.AddAsync(layout, "arm64")).Sha256);
        var only = arm.ToLayout(stage.At("only"), otherPlatform: Arm("2"));
        Assert.Contains("set its Architectures", (await stage.RefusesAsync(only)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unpacks_once_and_needs_the_source_no_more()
    {
        var layout = Image("1").ToLayout(stage.At("layout"));
        var code = await stage.AddAsync(layout);
        var all = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => stage.Archive.ImageOfAsync(code)));
        Assert.Single(all.Select(image => image.Root).Distinct());
        Directory.Delete(layout, recursive: true);
        Assert.Equal(all[0].Root, (await stage.Archive.ImageOfAsync(code)).Root);
        CodeFolder.Remove(stage.Folder);
        var gone = await Assert.ThrowsAsync<UnusableCodeException>(() => stage.Archive.ImageOfAsync(code));
        Assert.Equal("ImageDeleted", gone.ReasonCode);
    }

    [Fact]
    public async Task Takes_what_its_tag_led_to_when_it_was_added()
    {
        var layout = Image("1").ToLayout(stage.At("layout"), "v1");
        var code = await stage.AddAsync($"{layout}:v1");
        File.Delete(Path.Combine(layout, "index.json"));
        Image("2").ToLayout(layout, "v1");
        var unpacked = await stage.Archive.ImageOfAsync(code);
        Assert.Equal("1", await File.ReadAllTextAsync($"{unpacked.Root}/one", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Collects_what_no_function_refers_to()
    {
        var layout = Image("1").ToLayout(stage.At("layout"));
        var code = await stage.AddAsync(layout);
        await stage.Archive.ImageOfAsync(code);
        await using var store = new MemoryStore();
        await store.WriteAsync(view =>
        {
            view.Put(Tables.Versions, Version(code));
            return true;
        });
        await stage.Archive.CollectAsync(store);
        Assert.Single(Directory.GetDirectories(stage.Folder));
        await store.WriteAsync(view =>
        {
            view.Remove(Tables.Versions, Tables.VersionKey("shop", VersionRecord.Latest));
            return true;
        });
        await stage.Archive.CollectAsync(store);
        Assert.Empty(Directory.GetFileSystemEntries(stage.Folder));
    }

    [Fact]
    public async Task Removes_what_nobody_has_touched_and_what_a_dead_process_has_left()
    {
        var old = await stage.UnpackAsync(Image("1").ToLayout(stage.At("1")));
        var used = await stage.UnpackAsync(Image("2").ToLayout(stage.At("2")));
        var now = DateTimeOffset.UnixEpoch.AddDays(1);
        Directory.SetLastWriteTimeUtc(Path.GetDirectoryName(old.Root)!, now.UtcDateTime.AddSeconds(-1));
        Directory.SetLastWriteTimeUtc(Path.GetDirectoryName(used.Root)!, now.UtcDateTime);
        Directory.CreateDirectory(Path.Combine(stage.Folder, "new-of-another"));
        await stage.Archive.RemoveUnused(now);
        Assert.Equal([Path.GetDirectoryName(used.Root)!], Directory.GetFileSystemEntries(stage.Folder));
    }

    [Theory]
    [InlineData("123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:v1", "InvalidImage", "docker save")]
    [InlineData("relative/path", "InvalidImage", "docker save")]
    [InlineData("/nowhere/at/all", "ImageDeleted", "does not exist")]
    [InlineData("/dev/zero", "InvalidImage", "no plain file")]
    [InlineData("/etc/passwd", "InvalidImage", "neither an OCI layout nor")]
    [InlineData("/etc", "InvalidImage", "neither an index.json")]
    public async Task Refuses_what_is_no_image(string uri, string code, string reason)
    {
        var refusal = await stage.RefusesAsync(uri);
        Assert.Equal(code, refusal.ReasonCode);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_what_is_compressed_as_a_whole_and_says_so()
    {
        await File.WriteAllBytesAsync(stage.At("image.tar.gz"), WrittenImage.Gzip(new byte[100]), TestContext.Current.CancellationToken);
        Assert.Contains("gunzip", (await stage.RefusesAsync(stage.At("image.tar.gz"))).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("[]"), InlineData("{\"manifests\":[{}]}"), InlineData("{\"manifests\":7}"), InlineData("nonsense")]
    [InlineData("{}")]
    public async Task Refuses_an_index_that_is_none(string json)
    {
        var layout = Image("1").ToLayout(stage.At("layout"));
        await File.WriteAllTextAsync(Path.Combine(layout, "index.json"), json, TestContext.Current.CancellationToken);
        Assert.Equal("InvalidImage", (await stage.RefusesAsync(layout)).ReasonCode);
    }

    [Fact]
    public async Task Refuses_a_manifest_that_is_damaged()
    {
        var image = Image("1");
        var layout = image.ToLayout(stage.At("layout"));
        await File.AppendAllTextAsync(Path.Combine(layout, "blobs/sha256", image.Digest), " ", TestContext.Current.CancellationToken);
        Assert.Contains("is damaged", (await stage.RefusesAsync(layout)).Message, StringComparison.Ordinal);
    }

    private static WrittenImage Image(string text) => new WrittenImage().WithLayer(tar => tar.File("one", text));

    private static WrittenImage Arm(string text)
    {
        var image = Image(text);
        image.Architecture = "arm64";
        return image;
    }

    private static VersionRecord Version(CodeReference code) => new()
    {
        Function = "shop",
        Version = VersionRecord.Latest,
        RevisionId = "r",
        LastModified = DateTimeOffset.UnixEpoch,
        Deployment = new Deployment(new FunctionSettings { Role = "r", PackageType = "Image" }, code),
        Change = 1,
        State = "Active",
    };
}
