using System.IO.Compression;
using Thaw.Store.Archive;
using Thaw.Testing;

namespace Thaw.UnitTests.Store.Archive;

public sealed class Unzipped_code : IDisposable
{
    private readonly ArchiveStage stage = new();

    public void Dispose() => stage.Dispose();

    [Fact]
    public async Task Has_the_files_folders_times_and_modes_of_the_zip_but_nobody_may_write()
    {
        var folder = await stage.UnpackAsync(new WrittenZip()
            .With("index.mjs", "export")
            .With("bin/", "", WrittenZip.Folder)
            .With("bin/tool", "#!/bin/sh", WrittenZip.Executable)
            .With("./a//b/./c.txt", "", mode: 0));
        Assert.Equal("export", await File.ReadAllTextAsync(Path.Combine(folder, "index.mjs"), TestContext.Current.CancellationToken));
        Assert.Equal("r--r--r--", ArchiveStage.ModeOf(folder, "index.mjs"));
        Assert.Equal("r-xr-xr-x", ArchiveStage.ModeOf(folder, "bin/tool"));
        Assert.Equal("r-xr-xr-x", ArchiveStage.ModeOf(folder, "bin"));
        Assert.Equal("r-xr-xr-x", ArchiveStage.ModeOf(folder, ""));
        Assert.Equal("r--r--r--", ArchiveStage.ModeOf(folder, "a/b/c.txt"));
        Assert.Equal(new DateTime(2024, 2, 29, 12, 34, 56, DateTimeKind.Utc), File.GetLastWriteTimeUtc(Path.Combine(folder, "index.mjs")));
    }

    [Fact]
    public async Task Keeps_links_that_stay_inside()
    {
        var folder = await stage.UnpackAsync(new WrittenZip()
            .With("lib/real.js", "real")
            .With("lib/deep/link.js", "../real.js", WrittenZip.Link)
            .With("top", "lib/deep", WrittenZip.Link)
            .With("gone", "nowhere", WrittenZip.Link)
            .With("circle", "circle", WrittenZip.Link));
        Assert.Equal("../real.js", new FileInfo(Path.Combine(folder, "lib/deep/link.js")).LinkTarget);
        Assert.Equal("real", await File.ReadAllTextAsync(Path.Combine(folder, "top/link.js"), TestContext.Current.CancellationToken));
    }

    [Theory, InlineData("../evil"), InlineData("/evil"), InlineData("a/../../evil"), InlineData("a/../b"), InlineData("..")]
    public async Task Refuses_a_name_that_could_lead_outside(string name)
    {
        var refusal = await stage.RefusesAsync(new WrittenZip().With("a").With(name));
        Assert.Contains("outside of the function", refusal, StringComparison.Ordinal);
    }

    // To those inside of a sandbox they lead to what is there.
    [Theory, InlineData("/etc/passwd"), InlineData("/opt/x"), InlineData("../x"), InlineData("a/../../x")]
    public async Task Keeps_links_that_lead_elsewhere_as_they_are(string target)
    {
        var folder = await stage.UnpackAsync(new WrittenZip().With("d/link", target, WrittenZip.Link));
        Assert.Equal(target, new FileInfo(Path.Combine(folder, "d/link")).LinkTarget);
    }

    [Fact]
    public async Task Refuses_a_link_that_is_no_name() => Assert.Contains(
        "zero byte", await stage.RefusesAsync(new WrittenZip().With("l", "a\0b", WrittenZip.Link)), StringComparison.Ordinal);

    // Whoever seals, merges or removes it does that to the folder alone.
    [Fact]
    public async Task Leaves_alone_what_its_links_lead_to()
    {
        using var outside = new TemporaryFolder();
        outside.Write("inner/file", "mine");
        var before = ArchiveStage.ModeOf(outside.Path, "inner");
        var folder = await stage.UnpackAsync(new WrittenZip()
            .With("a", outside.Path, WrittenZip.Link)
            .With("b", $"{outside.Path}/inner/file", WrittenZip.Link));
        var merged = Path.Combine(outside.Path, "merged");
        CodeFolder.Merge(folder, merged);
        CodeFolder.Merge(folder, merged);
        CodeFolder.Remove(merged);
        CodeFolder.Remove(folder);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(outside.Path, "inner/file"), TestContext.Current.CancellationToken));
        Assert.Equal(before, ArchiveStage.ModeOf(outside.Path, "inner"));
    }

    [Fact]
    public async Task Writes_nothing_through_a_link()
    {
        Assert.Contains("more than once", await stage.RefusesAsync(new WrittenZip()
            .With("d", ".", WrittenZip.Link)
            .With("d/file")), StringComparison.Ordinal);
        Assert.Contains("more than once", await stage.RefusesAsync(new WrittenZip()
            .With("d/file")
            .With("d", ".", WrittenZip.Link)), StringComparison.Ordinal);
    }

    [Theory, InlineData("a", "a"), InlineData("a", "./a"), InlineData("a/b", "a"), InlineData("a", "a/")]
    public async Task Refuses_one_name_for_two_things(string one, string other) =>
        Assert.Contains("more than once", await stage.RefusesAsync(new WrittenZip().With(one).With(other)), StringComparison.Ordinal);

    [Theory, InlineData(WrittenZip.Pipe), InlineData(WrittenZip.Device)]
    public async Task Refuses_what_is_no_file(int mode) =>
        Assert.Contains("neither a file", await stage.RefusesAsync(new WrittenZip().With("a", mode: mode)), StringComparison.Ordinal);

    [Theory, InlineData(256), InlineData(70_000 / 4)]
    public async Task Refuses_a_name_that_is_too_long(int letters) =>
        Assert.Contains("is too long", await stage.RefusesAsync(new WrittenZip().With(new string('x', letters))), StringComparison.Ordinal);

    [Fact]
    public async Task Refuses_a_small_zip_that_asks_for_a_great_many_folders()
    {
        var zip = new WrittenZip();
        for (var entry = 0; entry < 6; entry++)
            zip.With($"{entry}/{string.Concat(Enumerable.Repeat("a/", 1_450))}f");
        Assert.Contains("too many folders", await stage.RefusesAsync(zip), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_what_is_no_zip()
    {
        var zip = new WrittenZip().With("a", new string('x', 10_000)).ToArray();
        byte[][] broken = [[], [1, 2, 3], zip[..^1], zip[..(zip.Length / 2)], [.. zip[30..]], [.. "PK\u0003\u0004"u8, 1, 2, 3]];
        foreach (var one in broken)
            Assert.Equal(ZipListing.Unreadable, await stage.RefusesAsync(one));
        Assert.Equal("Uploaded file must be a non-empty zip", await stage.RefusesAsync([0x50, 0x4B, 5, 6, .. new byte[18]]));
    }

    [Fact, Trait("Spec", "API-032")]
    public async Task Refuses_a_link_that_is_shorter_than_its_zip_says()
    {
        var zip = new WrittenZip().With("l", new string('x', 777), WrittenZip.Link).ToArray();
        var longer = WrittenZip.Replace(zip, BitConverter.GetBytes(777), BitConverter.GetBytes(778));
        Assert.Equal(ZipListing.Unreadable, await stage.RefusesAsync(longer));
    }

    [Theory, Trait("Spec", "API-032"), InlineData(WrittenZip.PlainFile), InlineData(WrittenZip.Link)]
    public async Task Refuses_a_content_with_a_changed_byte(int mode)
    {
        var zip = new WrittenZip();
        zip.With("a", "some content"u8.ToArray(), mode, CompressionLevel.NoCompression);
        Assert.Equal(ZipListing.Unreadable, await stage.RefusesAsync(WrittenZip.Replace(zip.ToArray(), "some"u8, "same"u8)));
    }

    [Fact]
    public async Task Refuses_methods_that_it_does_not_know_and_encryption()
    {
        var zip = new WrittenZip().With("a", new string('x', 100)).ToArray();

        // Method 8 becomes 97 in the local header and in the directory; then the flag of encryption is set in both.
        byte[] unknown = [.. zip], encrypted = [.. zip];
        foreach (var (signature, flags) in new[] { (0x04034B50u, 6), (0x02014B50u, 8) })
        {
            var at = zip.AsSpan().IndexOf(BitConverter.GetBytes(signature));
            unknown[at + flags + 2] = 97;
            encrypted[at + flags] |= 1;
        }

        Assert.Equal(ZipListing.Unreadable, await stage.RefusesAsync(unknown));
        Assert.Contains("is encrypted", await stage.RefusesAsync(encrypted), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_what_grows_too_large_without_believing_the_zip()
    {
        var zeros = new byte[90_000_000];
        var zip = new WrittenZip().With("a", zeros).With("b", zeros).With("c", zeros).ToArray();
        Assert.Equal("Unzipped size must be smaller than 262144000 bytes", await stage.RefusesAsync(zip));

        // It says that each has one byte.
        var lying = WrittenZip.Replace(zip, BitConverter.GetBytes(zeros.Length), BitConverter.GetBytes(1));
        Assert.Equal(ZipListing.Unreadable, await stage.RefusesAsync(lying));
    }

    [Fact]
    public async Task Refuses_too_many_entries()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var entry = 0; entry <= 100_000; entry++)
                zip.CreateEntry($"{entry}", CompressionLevel.NoCompression);
        }

        Assert.Contains("100001 entries", await stage.RefusesAsync(bytes.ToArray()), StringComparison.Ordinal);
    }
}
