using Thaw.Daemon.Functions;
using Thaw.Testing;

namespace Thaw.UnitTests.Daemon.Functions;

public sealed class Folder_stamp : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string file;

    public Folder_stamp() => file = folder.Write("inner/index.mjs", "one");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Stays_while_nothing_changes() => Assert.Equal(Stamp(), Stamp());

    [Fact]
    public void Changes_with_a_files_content() => Changes(() => File.WriteAllText(file, "longer"));

    [Fact]
    public void Changes_with_a_files_time_alone() => Changes(() => File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch));

    [Fact]
    public void Changes_with_a_new_file() => Changes(() => folder.Write("inner/other"));

    [Fact]
    public void Changes_with_an_empty_folder() => Changes(() => Directory.CreateDirectory(Path.Combine(folder.Path, "new")));

    [Fact]
    public void Changes_when_a_file_goes() => Changes(() => File.Delete(file));

    [Fact]
    public void Changes_when_a_file_moves() => Changes(() => File.Move(file, Path.Combine(folder.Path, "index.mjs")));

    [Fact]
    public void Changes_when_two_files_change_places()
    {
        var other = folder.Write("inner/other", "of another size");
        Changes(() =>
        {
            File.Move(file, file + ".away");
            File.Move(other, file);
            File.Move(file + ".away", other);
        });
    }

    [Fact]
    public void Changes_with_a_file_elsewhere_to_which_a_link_leads()
    {
        using var elsewhere = new TemporaryFolder();
        var shared = elsewhere.Write("shared.mjs", "one");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "linked.mjs"), shared);
        Changes(() => File.WriteAllText(shared, "longer"));
    }

    [Fact]
    public void Does_not_stumble_over_links_that_lead_nowhere_or_round_in_a_circle()
    {
        File.CreateSymbolicLink(Path.Combine(folder.Path, "nowhere"), Path.Combine(folder.Path, "nothing"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "itself"), Path.Combine(folder.Path, "itself"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "inner/up"), folder.Path);
        Assert.Equal(Stamp(), Stamp());
    }

    [Fact]
    public void Changes_with_a_zip_beside()
    {
        var zip = folder.Write("layer.zip");
        var before = FolderStamp.Of([zip]);
        File.SetLastWriteTimeUtc(zip, DateTime.UnixEpoch);
        Assert.NotEqual(before, FolderStamp.Of([zip]));
    }

    [Fact]
    public void Does_not_see_what_python_writes_by_running()
    {
        var before = Stamp();
        folder.Write("__pycache__/index.pyc");
        Assert.Equal(before, Stamp());
    }

    [Fact]
    public void Walks_into_no_link_that_leads_round()
    {
        Changes(() => Directory.CreateSymbolicLink(Path.Combine(folder.Path, "inner", "round"), folder.Path));
        Assert.Equal(Stamp(), Stamp());
    }

    private void Changes(Action change)
    {
        var before = Stamp();
        change();
        Assert.NotEqual(before, Stamp());
    }

    private long Stamp() => FolderStamp.Of([folder.Path]);
}
