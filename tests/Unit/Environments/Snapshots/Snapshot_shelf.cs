using Microsoft.Extensions.Time.Testing;
using Thaw.Contracts;
using Thaw.Environments;
using Thaw.Environments.Snapshots;
using Thaw.Lifecycle;
using Thaw.Lifecycle.Calls;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Snapshots;
using Thaw.Testing;
using Thaw.UnitTests.Sandboxing.Snapshots;

namespace Thaw.UnitTests.Environments.Snapshots;

public sealed class Snapshot_shelf : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    private string ShelfFolder => Path.Combine(folder.Path, "snapshots");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Has_what_was_put_there_and_what_it_relies_on()
    {
        var shelf = NewShelf();
        Assert.False(shelf.Has(Version("a", 1)));
        await PutAsync(shelf, "a", 1);
        Assert.True(shelf.Has(Version("a", 1)));
        Assert.True(shelf.Bytes() >= 100);
        Assert.Equal([Version("a", 1)], shelf.All());
        var mode = OperatingSystem.IsWindows() ? 0 : (int)File.GetUnixFileMode(ShelfFolder);
        Assert.Equal(0, mode & 0b000_111_111);
        var read = SnapshotNotesFile.TryRead(Path.Combine(ShelfFolder, "a", "1"))!;
        Assert.Equal(("metadata", "keys", true), (read.MetadataToken, read.KeysToken, read.Parked.RuntimeAwaitsRestore));
        var (was, now) = (Notes.Parked.Extensions[0], read.Parked.Extensions[0]);
        Assert.Equal((was.Name, was.IsExternal, was.Identifier), (now.Name, now.IsExternal, now.Identifier));
        Assert.Equal(was.Events, now.Events);
        Assert.Equal(was.Subscription!.Destination, now.Subscription!.Destination);
        Assert.Equal((was.Subscription.Schema, was.Subscription.Wanted), (now.Subscription.Schema, now.Subscription.Wanted));
    }

    [Fact]
    public async Task Has_nothing_of_one_that_could_not_be_taken()
    {
        var shelf = NewShelf();
        await Assert.ThrowsAsync<IOException>(() => shelf.PutAsync(Version("a", 1), memory =>
        {
            Directory.CreateDirectory(memory);
            throw new IOException("the disk is full");
        }));
        Assert.Empty(Directory.GetDirectories(Path.Combine(ShelfFolder, "a")));
    }

    [Fact]
    public async Task Keeps_the_old_one_until_the_new_one_is_whole()
    {
        var shelf = NewShelf();
        await PutAsync(shelf, "a", 1);
        await Assert.ThrowsAsync<IOException>(() => shelf.PutAsync(Version("a", 1), _ => throw new IOException("no")));
        Assert.True(shelf.Has(Version("a", 1)));
        await PutAsync(shelf, "a", 1);
        Assert.True(shelf.Has(Version("a", 1)));
    }

    [Fact]
    public async Task Knows_which_was_unused_for_longest()
    {
        var shelf = NewShelf();
        await PutAsync(shelf, "a", 1);
        Assert.Null(shelf.LongestUnused(butFor: Version("a", 1)));
        time.Advance(TimeSpan.FromMinutes(1));
        await PutAsync(shelf, "b", 7);
        time.Advance(TimeSpan.FromMinutes(1));
        await PutAsync(shelf, "a", 2);
        Assert.Equal(Version("a", 1), shelf.LongestUnused(butFor: Version("a", 2)));
        shelf.Remove(Version("a", 1));
        Assert.Equal(Version("b", 7), shelf.LongestUnused(butFor: Version("a", 2)));
    }

    [Fact]
    public async Task Is_swept_of_what_is_unfinished_and_of_what_nobody_wants()
    {
        var shelf = NewShelf();
        await PutAsync(shelf, "a", 1);
        await PutAsync(shelf, "gone", 1);
        Directory.CreateDirectory(Path.Combine(ShelfFolder, "a", "2.1.new"));
        WriteMemory(Path.Combine(ShelfFolder, "trial-1", "criu"), 0);
        await File.WriteAllTextAsync(Path.Combine(ShelfFolder, "trial-1", "tmp.img"), "", TestContext.Current.CancellationToken);
        Assert.Equal(2, shelf.All().Count);
        shelf.Sweep(version => version == Version("a", 1), _ => { });
        Assert.Equal(["a"], Directory.GetDirectories(ShelfFolder).Select(Path.GetFileName));
        Assert.Equal(["1"], Directory.GetDirectories(Path.Combine(ShelfFolder, "a")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Keeps_the_user_ids_of_what_lies_there_from_everybody_else()
    {
        var users = FreeRange();
        var shelf = NewShelf();
        await PutAsync(shelf, "a", 1, users.First);
        Assert.DoesNotContain(users, AllLeft());
        await PutAsync(shelf, "a", 1, users.First);
        Assert.DoesNotContain(users, AllLeft());
        shelf.Remove(Version("a", 1));
        Assert.Contains(users, AllLeft());
    }

    [Fact]
    public void Sets_aside_the_user_ids_that_earlier_daemons_gave_and_drops_what_shares_them()
    {
        var users = FreeRange();
        foreach (var function in (string[])["a", "b", "gone"])
            WriteMemory(Path.Combine(ShelfFolder, function, "1", "memory"), users.First);
        var shelf = NewShelf();
        shelf.Sweep(version => version.Function != "gone", _ => { });
        var kept = Path.GetFileName(Assert.Single(Directory.GetDirectories(ShelfFolder)));
        Assert.DoesNotContain(users, AllLeft());
        shelf.Remove(Version(kept, 1));
        Assert.Contains(users, AllLeft());
    }

    [Fact]
    public async Task Sets_no_user_ids_aside_for_what_cannot_be_read()
    {
        var users = FreeRange();
        var memory = Path.Combine(ShelfFolder, "a", "1", "memory");
        WriteMemory(memory, users.First);
        await File.AppendAllTextAsync(Path.Combine(memory, Manifest.FileName), "{", TestContext.Current.CancellationToken);
        var shelf = NewShelf();
        shelf.Sweep(_ => true, _ => { });
        Assert.True(shelf.Has(Version("a", 1)));
        Assert.Contains(users, AllLeft());
    }

    private static UserRange FreeRange()
    {
        var range = UserRange.Take(forSnapshot: true);
        range.GiveBack();
        return range;
    }

    /// <summary>What new snapshots may get now.</summary>
    private static HashSet<UserRange> AllLeft()
    {
        var left = new HashSet<UserRange>();
        try
        {
            while (true)
                left.Add(UserRange.Take(forSnapshot: true));
        }
        catch (SandboxException)
        {
            return left;
        }
        finally
        {
            foreach (var range in left)
                range.GiveBack();
        }
    }

    private static void WriteMemory(string memory, uint firstUser)
    {
        Directory.CreateDirectory(memory);
        File.WriteAllBytes(Path.Combine(memory, "pages"), new byte[100]);
        File.WriteAllBytes(
            Path.Combine(memory, Manifest.FileName), ManifestText.Write(ManifestOfTest.Whole with { FirstUser = firstUser }).Span);
    }

    private static VersionId Version(string function, int number) => new(function, $"{number}");

    private static SnapshotNotes Notes { get; } = new(
        new ParkedProcesses
        {
            RuntimeAwaitsRestore = true,
            Extensions =
            [
                new("logger", IsExternal: true, new Guid("00000000-0000-0000-0000-000000000001"), [ExtensionEventType.Shutdown],
                    new(TelemetrySchema.Telemetry20221213, ["platform"], new(1_000, 262_144, TimeSpan.FromSeconds(1)),
                        new Destination.Http(8080, "sandbox", "/t", "POST"))),
            ],
        },
        "metadata",
        "keys");

    private static Task PutAsync(SnapshotShelf shelf, string function, int number, uint firstUser = 0) =>
        shelf.PutAsync(Version(function, number), memory =>
        {
            WriteMemory(memory, firstUser);
            return Task.FromResult(Notes);
        });

    private SnapshotShelf NewShelf() => new(ShelfFolder, time);
}
