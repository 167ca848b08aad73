using System.Text;
using Thaw.Sandboxing.Snapshots;
using Thaw.Sandboxing.Snapshots.Connections;
using Thaw.Testing;

namespace Thaw.UnitTests.Sandboxing.Snapshots;

public sealed class Snapshot_manifest
{
    [Fact]
    public void Is_read_as_it_was_written()
    {
        var whole = ManifestOfTest.Whole;
        var text = ManifestText.Write(whole);
        var read = ManifestText.Read(text);

        Assert.Equal(Encoding.UTF8.GetString(text.Span), Encoding.UTF8.GetString(ManifestText.Write(read).Span));
        Assert.Equal((whole.Key, whole.Taken, whole.Circumstances), (read.Key, read.Taken, read.Circumstances));
        Assert.Equal(whole.Link.Processes, read.Link.Processes);
        Assert.Equal(whole.Memory[0].Runs, read.Memory[0].Runs);
        Assert.Equal(ManifestOfTest.End.Window.ToArray(), read.Connections[0].End.Window.ToArray());
        Assert.Equal(ManifestOfTest.End with { Window = default }, read.Control with { Window = default });
    }

    [Theory]
    [InlineData("\"pid\": 8", "\"pid\": 9")]
    [InlineData("7f0012345000 2000 3", "7f0012345000 3000 3")]
    [InlineData("\"hasExited\": true", "\"hasExited\": false")]
    public void Knows_that_it_was_changed(string written, string changed)
    {
        var text = Encoding.UTF8.GetString(ManifestText.Write(ManifestOfTest.Whole).Span);
        Assert.Contains(written, text, StringComparison.Ordinal);
        Assert.True(ManifestText.Read(Encoding.UTF8.GetBytes(text)).IsAsWritten);
        var other = text.Replace(written, changed, StringComparison.Ordinal);
        Assert.False(ManifestText.Read(Encoding.UTF8.GetBytes(other)).IsAsWritten);
    }

    [Fact]
    public void Is_none_when_a_number_in_it_is_too_large_for_any_address()
    {
        var text = Encoding.UTF8.GetString(ManifestText.Write(ManifestOfTest.Whole).Span);
        var damaged = text.Replace("7f0012345000 2000", "7f001234500002000", StringComparison.Ordinal);
        Assert.Throws<SnapshotUnusableException>(() => ManifestText.Read(Encoding.UTF8.GetBytes(damaged)));
    }

    [Theory]
    [InlineData("", "its manifest.json cannot be read: ")]
    [InlineData("[]", "its manifest.json cannot be read: ")]
    [InlineData("{\"format\":2}", "its manifest.json cannot be read: ")]
    [InlineData("{\"format\":1}", "it was taken by another version of Thaw (form 1)")]
    public void Says_why_it_is_none(string text, string reason)
    {
        var problem = Assert.Throws<SnapshotUnusableException>(() => ManifestText.Read(Encoding.UTF8.GetBytes(text)));
        Assert.StartsWith(reason, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_what_is_different_here()
    {
        var there = ManifestOfTest.Whole.Circumstances;

        Assert.Null(there.Difference(there));
        Assert.Equal("it was taken by CRIU 4.2.1, and here is 4.3", there.Difference(there with { Criu = "4.3" }));
        Assert.Equal("it was taken on Linux 6.18.0, and here is 6.19.0", there.Difference(there with { Kernel = "6.19.0" }));
        Assert.Equal("it was taken on another processor", there.Difference(there with { Processor = "" }));
        Assert.Equal("it was taken with another build of Thaw's agent", there.Difference(there with { Agent = "" }));
    }

    [Fact]
    public void Knows_its_files_by_what_is_in_them_and_not_by_their_holes()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "criu"));
        var path = Path.Combine(folder.Path, "criu", "pages-1.img");
        using (var file = File.Create(path))
        {
            file.SetLength(1 << 20);
            file.Position = 5000;
            file.WriteByte(7);
        }

        var written = Assert.Single(ImageFile.AllIn(folder.Path));
        File.WriteAllBytes(path, File.ReadAllBytes(path));
        Assert.Null(written.Problem(folder.Path));
        using (var file = File.OpenWrite(path))
        {
            file.Position = 5000;
            file.WriteByte(8);
        }

        Assert.Equal("its file criu/pages-1.img is not as it was written", written.Problem(folder.Path));
    }

    [Fact]
    public void Lists_what_was_mounted() => Assert.Equal(
        ["/usr", "/a b"],
        MountTable.Places(
        [
            "1 0 8:1 / / ro - ext4 x rw", "2 1 8:1 /usr /usr ro - ext4 x rw", "3 1 0:5 / /proc ro - proc proc rw",
            @"4 1 0:6 / /a\040b rw - tmpfs t rw",
        ]));

    [Fact]
    public void Counts_connections_that_are_open()
    {
        string[] lines =
        [
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 0100007F:2329 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11",
            "   1: 0100007F:2329 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 12",
            "   2: 0100007F:9C40 0100007F:2329 01 00000000:00000000 00:00000000 00000000  1000        0 13",
            "   3: 0100007F:9C41 0100007F:2329 06 00000000:00000000 00:00000000 00000000     0        0 0",
        ];

        Assert.Equal(
            [new(9001, 40000, 0, false), new(40000, 9001, 1000, false)], SocketTable.Read(lines, isIpv6: false));
    }
}
