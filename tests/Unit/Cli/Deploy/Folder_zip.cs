using Thaw.Cli.Deploy;
using Thaw.Testing;
using Thaw.UnitTests.Store.Archive;

namespace Thaw.UnitTests.Cli.Deploy;

public sealed class Folder_zip : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Waits_for_no_pipe()
    {
        using var code = new TemporaryFolder();
        using (var made = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(code.Path, "pipe")]))
            made.WaitForExit();
        Assert.Equal(1, FolderZip.Pack(code.Path).Files);
    }

    [Fact]
    public void Is_the_same_whenever_and_in_whatever_order_files_were_made()
    {
        folder.Write("b/x", "1");
        folder.Write("a", "2");
        var (zip, files) = FolderZip.Pack(folder.Path);
        Assert.Equal(2, files);

        using var other = new TemporaryFolder();
        File.SetLastWriteTimeUtc(other.Write("a", "2"), DateTime.UnixEpoch);
        other.Write("b/x", "1");
        other.Write("b/__pycache__/x.pyc", "not this");
        other.Write(".git/config", "nor this");
        Assert.Equal(zip, FolderZip.Pack(other.Path).Zip);
        other.Write("a", "3");
        Assert.NotEqual(zip, FolderZip.Pack(other.Path).Zip);
    }

    [Fact]
    public async Task Keeps_modes_and_links()
    {
        folder.Write("bin/tool", "#!/bin/sh", executable: true);
        folder.Write(".hidden", "h");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link"), "bin/tool");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "folder"), "bin");

        using var stage = new ArchiveStage();
        using var held = await stage.Archive.AddAsync(FolderZip.Pack(folder.Path).Zip);
        var unpacked = await stage.Archive.FolderOfAsync(held.Code);
        Assert.StartsWith("r-x", ArchiveStage.ModeOf(unpacked, "bin/tool"), StringComparison.Ordinal);
        Assert.Equal("bin/tool", new FileInfo(Path.Combine(unpacked, "link")).LinkTarget);
        Assert.Equal("bin", new FileInfo(Path.Combine(unpacked, "folder")).LinkTarget);
        Assert.True(File.Exists(Path.Combine(unpacked, ".hidden")));
    }
}
