using System.Formats.Tar;
using Thaw.Store.Archive;
using Thaw.Store.Images;
using Thaw.Testing;

namespace Thaw.UnitTests.Store.Images;

public sealed class Image_layers : IDisposable
{
    private readonly ImageStage stage = new();

    public void Dispose() => stage.Dispose();

    [Fact]
    public async Task Are_laid_over_each_other_and_later_ones_win()
    {
        var image = await stage.UnpackAsync(new WrittenImage()
            .WithLayer(tar => tar.Folder("etc").File("etc/a", "1").File("etc/b", "1").Folder("both").File("both/below", "1"))
            .WithLayer(tar => tar.File("etc/a", "2").File("both/above", "2"), gzip: false));
        Assert.Equal("2 1 1 2", Words(image, "etc/a", "etc/b", "both/below", "both/above"));
    }

    [Fact]
    public async Task Remove_what_they_white_out()
    {
        var image = await stage.UnpackAsync(new WrittenImage()
            .WithLayer(tar => tar.File("a/x", "1").File("a/y", "1").File("b/x", "1").File("b/z/deep", "1").File("c", "1"))
            .WithLayer(tar => tar.File("a/.wh.x").File("b/new", "2").File("b/z/new", "2").File("b/.wh..wh..opq").File(".wh.c")
                .File(".wh..wh.plnk")));
        Assert.Equal(["a/y", "b/new", "b/z/new"], Files(image));
    }

    [Fact]
    public async Task Keep_links_as_they_are_written()
    {
        var image = await stage.UnpackAsync(new WrittenImage().WithLayer(tar => tar
            .Folder("usr/bin").File("usr/bin/real", "1").Link("bin", "usr/bin").Link("etc/away", "/nowhere/at/all")
            .HardLink("hard", "usr/bin/real")));
        Assert.Equal("usr/bin", new FileInfo($"{image.Root}/bin").LinkTarget);
        Assert.Equal("/nowhere/at/all", new FileInfo($"{image.Root}/etc/away").LinkTarget);
        Assert.Equal("1", Words(image, "hard"));
    }

    [Fact]
    public async Task Follow_links_of_lower_ones_inside_of_the_image()
    {
        var image = await stage.UnpackAsync(new WrittenImage()
            .WithLayer(tar => tar.Folder("usr/lib").Link("lib", "/usr/lib").Link("up", "../../../../usr/lib"))
            .WithLayer(tar => tar.File("lib/one", "1").File("up/two", "2")));
        Assert.Equal("1 2", Words(image, "usr/lib/one", "usr/lib/two"));
    }

    // Each of these would write, read or remove the file beside the image if a name were followed here.
    [Theory, InlineData("/"), InlineData("../../../../../../../../../../../../")]
    public async Task Write_and_remove_nothing_elsewhere(string start)
    {
        var outside = stage.At("outside");
        Directory.CreateDirectory(outside);
        await File.WriteAllTextAsync(Path.Combine(outside, "file"), "mine", TestContext.Current.CancellationToken);
        var away = $"{start}{outside.TrimStart('/')}";
        var image = await stage.UnpackAsync(new WrittenImage()
            .WithLayer(tar => tar.Link("away", away).Link("file", $"{away}/file").Link("gone", away).Link("deep/away", away))
            .WithLayer(tar => tar.File("away/written", "1").File("file", "1").File("away/.wh.file").File("gone/.wh..wh..opq")
                .File("deep/.wh.away")));
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(outside, "file"), TestContext.Current.CancellationToken));
        Assert.Single(Directory.GetFileSystemEntries(outside));
        Assert.True(File.Exists($"{image.Root}{outside}/written"));
    }

    [Fact]
    public async Task Change_no_mode_elsewhere()
    {
        var inner = Directory.CreateDirectory(stage.At("outside/inner"));
        var before = OperatingSystem.IsWindows() ? default : inner.UnixFileMode;
        await stage.UnpackAsync(new WrittenImage()
            .WithLayer(tar => tar.Folder("a/inner", (UnixFileMode)0x1FF))
            .WithLayer(tar => tar.Link("a", stage.At("outside"))));
        inner.Refresh();
        Assert.Equal(before, OperatingSystem.IsWindows() ? default : inner.UnixFileMode);
    }

    [Fact]
    public async Task Cannot_make_a_file_of_the_machine_a_file_of_the_image()
    {
        await File.WriteAllTextAsync(stage.At("secret"), "secret", TestContext.Current.CancellationToken);
        foreach (var (link, other) in new[] { ("x", stage.At("secret")), ("x/", $"away{stage.At("secret")}") })
        {
            var refusal = await stage.RefusesAsync(new WrittenImage().WithLayer(tar => tar.Link("away", "/").HardLink("stolen", other)));
            Assert.Contains("which is not there", refusal.Message, StringComparison.Ordinal);
            Directory.Delete(stage.At("image"), recursive: true);
            Assert.NotEmpty(link);
        }
    }

    [Theory, InlineData("../escaped"), InlineData("a/../../escaped"), InlineData("/../escaped")]
    public async Task With_names_that_lead_outside_are_refused(string name)
    {
        var refusal = await stage.RefusesAsync(new WrittenImage().WithLayer(tar => tar.File(name, "1")));
        Assert.Equal("InvalidImage", refusal.ReasonCode);
        Assert.Contains("would lie outside of the image", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Have_no_devices_and_no_bits_that_give_privileges()
    {
        var image = await stage.UnpackAsync(new WrittenImage().WithLayer(tar => tar
            .Entry(TarEntryType.CharacterDevice, "dev/null", (UnixFileMode)0x1B6, _ => { })
            .Entry(TarEntryType.BlockDevice, "dev/disk", (UnixFileMode)0x1B6, _ => { })
            .Entry(TarEntryType.Fifo, "pipe", (UnixFileMode)0x1B6, _ => { })
            .File("su", "1", (UnixFileMode)0xFED)
            .File("secret", "1", (UnixFileMode)0x180)
            .Folder("tmp", (UnixFileMode)0x3FF)
            .Folder("closed", (UnixFileMode)0x140).File("closed/inner", "1")));
        Assert.Equal(["closed/inner", "secret", "su"], Files(image));
        Assert.Equal((0x1ED, 0x180, 0x1ED, 0x1C0), (Mode(image, "su"), Mode(image, "secret"), Mode(image, "tmp"), Mode(image, "closed")));
    }

    [Fact]
    public async Task That_are_damaged_are_refused()
    {
        var image = new WrittenImage().WithLayer(tar => tar.File("a", new string('a', 100_000)));
        var layout = image.ToLayout(stage.At("image"));
        var blob = Path.Combine(layout, image.LastLayer);
        var bytes = await File.ReadAllBytesAsync(blob, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(blob, WrittenImage.Gzip(new byte[2048]), TestContext.Current.CancellationToken);
        Assert.Contains("is damaged: its digest is", (await stage.RefusesAsync(layout)).Message, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(blob, bytes[..^20], TestContext.Current.CancellationToken);
        Assert.Contains("is damaged", (await stage.RefusesAsync(layout)).Message, StringComparison.Ordinal);
        File.Delete(blob);
        Assert.Contains("is missing", (await stage.RefusesAsync(layout)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task By_zstd_are_refused_with_what_to_do()
    {
        var refusal = await stage.RefusesAsync(new WrittenImage().WithLayer([1], [0x28, 0xB5, 0x2F, 0xFD, 0, 0, 0]));
        Assert.Contains("compression=gzip", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void That_are_bombs_are_refused()
    {
        var image = new WrittenImage().WithLayer(tar => tar.File("zeros", new byte[1024 * 1024]));
        var files = ImageFiles.At(image.ToLayout(stage.At("image")));
        var found = ImageIndex.Find(files, ImageReference.Parse(files.Path)!, "x86_64");
        var refusal = Assert.Throws<UnusableCodeException>(
            () => UnpackedImage.Unpack(found, files, stage.At("into"), new ImageBudget(maxBytes: 1024 * 1024)));
        Assert.Contains("more than 1048576 bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Below_what_is_no_folder_are_refused(bool round)
    {
        var refusal = await stage.RefusesAsync(new WrittenImage().WithLayer(tar =>
            _ = round ? tar.Link("a", "b").Link("b", "a").File("a/x") : tar.File("a").File("a/x")));
        Assert.Contains(round ? "in a circle" : "is no folder", refusal.Message, StringComparison.Ordinal);
    }

    private static string Words(UnpackedImage image, params string[] files) =>
        string.Join(' ', files.Select(file => File.ReadAllText($"{image.Root}/{file}")));

    private static string[] Files(UnpackedImage image) =>
    [
        .. Directory.EnumerateFiles(image.Root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Select(file => Path.GetRelativePath(image.Root, file)).Order(StringComparer.Ordinal),
    ];

    private static int Mode(UnpackedImage image, string file) => OperatingSystem.IsWindows()
        ? 0
        : (int)File.GetUnixFileMode($"{image.Root}/{file}");
}
