using System.Security.Cryptography;
using Thaw.Store;
using Thaw.Store.Archive;
using Thaw.Store.Memory;
using Thaw.Store.Records;

namespace Thaw.UnitTests.Store.Archive;

public sealed class Code_archive : IDisposable
{
    private readonly ArchiveStage stage = new();

    public void Dispose() => stage.Dispose();

    [Fact]
    public async Task Keeps_a_zip_once_by_its_content()
    {
        var zip = new WrittenZip().With("a", "12345").With("b", "678");
        var code = await stage.AddAsync(zip);
        Assert.Equal(new(Convert.ToBase64String(SHA256.HashData(zip.ToArray())), zip.ToArray().Length, 8), code);
        Assert.Equal(code, await stage.AddAsync(zip));
        Assert.Equal(2, stage.Left().Length);
        Assert.Equal(zip.ToArray(), await File.ReadAllBytesAsync(stage.Archive.ZipOf(code)!, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Finds_all_after_a_restart_and_unpacks_again_what_is_missing()
    {
        var code = await stage.AddAsync(new WrittenZip().With("a", "12345"));
        var folder = await stage.Archive.FolderOfAsync(code);
        CodeFolder.Remove(folder);
        stage.Again();
        Assert.Equal(folder, await stage.Archive.FolderOfAsync(code));
        Assert.True(File.Exists(Path.Combine(folder, "a")));
    }

    [Fact]
    public async Task Says_when_code_is_gone()
    {
        var code = await stage.AddAsync(new WrittenZip().With("a"));
        CodeFolder.Remove(stage.Folder);
        Assert.Null(stage.Archive.ZipOf(code));
        var gone = await Assert.ThrowsAsync<UnusableCodeException>(() => stage.Archive.FolderOfAsync(code));
        Assert.Contains("upload it again", gone.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UnusableCodeException>(() => stage.Archive.OptOfAsync([Layer(code), Layer(code)]));
    }

    [Fact]
    public async Task Takes_many_at_once_also_of_the_same()
    {
        await Task.WhenAll(Enumerable.Range(0, 60).Select(index => Task.Run(async () =>
        {
            var folder = await stage.UnpackAsync(new WrittenZip().With("a", $"{index % 3}"));
            Assert.Equal($"{index % 3}", await File.ReadAllTextAsync(Path.Combine(folder, "a")));
        })));
        Assert.Equal(6, stage.Left().Length);
    }

    [Fact]
    public async Task Merges_layers_in_order()
    {
        Assert.False(Directory.Exists(await stage.Archive.OptOfAsync([])));
        var one = Layer(await stage.AddAsync(new WrittenZip()
            .With("both", "one").With("bin/one", mode: WrittenZip.Executable).With("link", "bin", WrittenZip.Link)));
        var two = Layer(await stage.AddAsync(new WrittenZip().With("both", "two").With("bin/two").With("link/file", "now a folder")));
        Assert.Equal(await stage.Archive.FolderOfAsync(one.Code), await stage.Archive.OptOfAsync([one]));

        var opt = await stage.Archive.OptOfAsync([one, two]);
        Assert.Equal("two", await ReadAsync(opt, "both"));
        Assert.Equal("now a folder", await ReadAsync(opt, "link/file"));
        Assert.False(File.Exists(Path.Combine(opt, "bin/file")));
        Assert.Equal("r-xr-xr-x", ArchiveStage.ModeOf(opt, "bin/one"));
        Assert.Equal(opt, await stage.Archive.OptOfAsync([one, two]));
        Assert.Equal("one", await ReadAsync(await stage.Archive.OptOfAsync([two, one]), "both"));
    }

    [Fact]
    public async Task Collects_what_nobody_refers_to()
    {
        await using var store = new MemoryStore();
        var kept = await stage.AddAsync(new WrittenZip().With("kept"));
        var previous = await stage.AddAsync(new WrittenZip().With("previous"));
        var layer = Layer(await stage.AddAsync(new WrittenZip().With("layer")));
        var other = Layer(await stage.AddAsync(new WrittenZip().With("other")));
        var published = await stage.AddAsync(new WrittenZip().With("published"));
        var gone = await stage.AddAsync(new WrittenZip().With("gone"));
        using var held = await stage.Archive.AddAsync(new WrittenZip().With("held").ToArray());
        var merged = await stage.Archive.OptOfAsync([layer, other]);
        var unused = await stage.Archive.OptOfAsync([other, layer]);
        await PutAsync(store, kept, previous, [layer, other], published);
        Directory.CreateDirectory(Path.Combine(stage.Folder, "new-of-a-dead-process"));

        await stage.Archive.CollectAsync(store);
        foreach (var code in new[] { kept, previous, layer.Code, other.Code, published, held.Code })
            Assert.True(Directory.Exists(await stage.Archive.FolderOfAsync(code)) && stage.Archive.ZipOf(code) is not null);
        Assert.Null(stage.Archive.ZipOf(gone));
        Assert.True(Directory.Exists(merged));
        Assert.False(Directory.Exists(unused));
        Assert.Equal(13, stage.Left().Length);

        held.Dispose();
        await stage.Archive.CollectAsync(store);
        Assert.Null(stage.Archive.ZipOf(held.Code));
    }

    [Fact]
    public async Task Keeps_what_is_recorded_while_it_collects()
    {
        await using var store = new MemoryStore();
        var deploying = DeployAsync();
        while (!deploying.IsCompleted)
            await stage.Archive.CollectAsync(store);
        await deploying;

        async Task DeployAsync()
        {
            for (var turn = 0; turn < 40; turn++)
            {
                using (var held = await stage.Archive.AddAsync(new WrittenZip().With("a", $"{turn}").ToArray()))
                    await PutAsync(store, held.Code, null, [], held.Code);
                var latest = await store.ReadAsync(view => view.Find(Tables.Versions, new("f", VersionRecord.Latest)));
                Assert.True(Directory.Exists(await stage.Archive.FolderOfAsync(latest!.Deployment.Code)));
            }
        }
    }

    [Fact]
    public async Task Says_when_its_folder_cannot_be_written_to()
    {
        using var archive = new CodeArchive("/proc/nowhere");
        var failure = await Assert.ThrowsAsync<StoreException>(() => archive.AddAsync(new WrittenZip().With("a").ToArray()));
        Assert.Contains("/proc/nowhere", failure.Message, StringComparison.Ordinal);
    }

    private static LayerReference Layer(CodeReference code) => new($"arn:{code.Sha256}", code);

    private static Task<string> ReadAsync(string folder, string file) =>
        File.ReadAllTextAsync(Path.Combine(folder, file), TestContext.Current.CancellationToken);

    private static Task<int> PutAsync(
        MemoryStore store, CodeReference code, CodeReference? previous, LayerReference[] layers, CodeReference published) =>
        store.WriteAsync(view =>
        {
            var settings = new FunctionSettings { Role = "r", Layers = layers };
            view.Put(Tables.Versions, new VersionRecord
            {
                Function = "f",
                Version = VersionRecord.Latest,
                RevisionId = "r",
                LastModified = default,
                Deployment = new(settings, code),
                Previous = previous is null ? null : new(settings, previous),
                Change = 1,
                State = "Active",
            });
            view.Put(Tables.LayerVersions, new LayerVersionRecord { Layer = "l", Version = 1, Code = published, CreatedDate = default });
            return 0;
        });
}
