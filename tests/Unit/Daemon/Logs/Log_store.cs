using Thaw.Contracts;
using Thaw.Daemon.Logs;
using Thaw.Telemetry.Lines;

namespace Thaw.UnitTests.Daemon.Logs;

public sealed class Log_store
{
    [Fact]
    public async Task Shows_what_is_not_written_yet()
    {
        using var stage = new LogStage();
        var stream = stage.Store.Open(LogStage.Group, "one");
        stage.Add(stream, "a\n");
        Assert.False(Directory.Exists(stage.GroupFolder));
        Assert.Equal(["a\n"], await stage.MessagesAsync());
    }

    [Fact]
    public async Task Makes_an_event_of_each_line_even_of_an_empty_one()
    {
        using var stage = new LogStage();
        var stream = stage.Store.Open(LogStage.Group, "one");
        stream.AddLines(new LogEntry("a\n\nb"u8, stage.Time.GetUtcNow(), LogSource.Extension, LogSeverity.Info));
        stream.AddLines(new LogEntry(""u8, stage.Time.GetUtcNow(), LogSource.Function, LogSeverity.Info));
        Assert.Equal(["a\n", "\n", "b\n", "\n"], await stage.MessagesAsync());
    }

    [Fact]
    public async Task Writes_lines_that_came_at_once_behind_one_header()
    {
        using var stage = new LogStage();
        LogStage.AddLines(stage.Store.Open(LogStage.Group, "one"), ["a", "", "c"], stage.Time.GetUtcNow());
        Assert.Equal(["a\n", "\n", "c\n"], await stage.MessagesAsync());
        Assert.Equal(StoredEntry.HeaderBytes + 5, new FileInfo(Assert.Single(stage.SegmentFiles)).Length);
    }

    [Fact]
    public void Writes_by_itself_a_moment_after_the_first_entry()
    {
        using var stage = new LogStage();
        stage.Add(stage.Store.Open(LogStage.Group, "one"), "a\n");
        stage.Time.Advance(stage.Options.WriteDelay);
        Assert.Equal(StoredEntry.HeaderBytes + 2, new FileInfo(Assert.Single(stage.SegmentFiles)).Length);
    }

    [Fact]
    public async Task Keeps_everything_when_it_is_opened_again()
    {
        using var stage = new LogStage();
        stage.Add(stage.Store.Open(LogStage.Group, "one"), "a\n");
        stage.CloseAndReopen();
        stage.Add(stage.Store.Open(LogStage.Group, "two"), "b\n");
        stage.CloseAndReopen();

        var page = await new LogReader(stage.Store.Find(LogStage.Group)!).ReadAsync(new LogQuery());
        Assert.Equal([("one", "a\n"), ("two", "b\n")], page.Events.Select(found => (found.Stream, found.Message)));
        Assert.Equal([1, 2], stage.Store.Find(LogStage.Group)!.Streams().Select(stream => stream.Number));
    }

    [Theory, InlineData(1), InlineData(3), InlineData(20), InlineData(30)]
    public async Task Cuts_off_an_entry_that_was_written_to_the_half(int bytes)
    {
        using var stage = new LogStage();
        var stream = stage.Store.Open(LogStage.Group, "one");
        stage.Add(stream, "first\n");
        stage.Add(stream, "torn\n");
        stage.Store.Dispose();
        using (var file = File.OpenWrite(stage.SegmentFiles[0]))
            file.SetLength(StoredEntry.HeaderBytes + 6 + bytes);
        File.AppendAllText(Path.Combine(stage.GroupFolder, "streams"), "99\t1");

        stage.Reopen();
        stage.Add(stage.Store.Open(LogStage.Group, "two"), "second\n");
        Assert.Equal(["first\n", "second\n"], await stage.MessagesAsync());
        stage.CloseAndReopen();
        Assert.Equal(["first\n", "second\n"], await stage.MessagesAsync());
        Assert.Equal(["one", "two"], stage.Store.Find(LogStage.Group)!.Streams().Select(name => name.Name));
    }

    [Fact]
    public async Task Begins_a_new_segment_when_one_is_full_and_drops_the_oldest()
    {
        using var stage = new LogStage(new LogStoreOptions { Folder = "", SegmentBytes = 1_000, GroupBytes = 5_000 });
        var stream = stage.Store.Open(LogStage.Group, "one");
        for (var number = 0; number < 500; number++)
        {
            stage.Add(stream, $"line {number:000}\n");
            if (number % 3 == 0)
                stage.Time.Advance(stage.Options.WriteDelay);
        }

        var messages = await stage.MessagesAsync();
        Assert.All(stage.SegmentFiles, file => Assert.InRange(new FileInfo(file).Length, 1, 1_000));
        Assert.InRange(stage.SegmentFiles.Sum(file => new FileInfo(file).Length), 4_000, 5_000);
        Assert.Equal(Enumerable.Range(500 - messages.Length, messages.Length).Select(number => $"line {number:000}\n"), messages);
    }

    [Fact]
    public async Task Drops_the_oldest_of_all_groups_when_they_are_too_much_together()
    {
        using var stage = new LogStage(new LogStoreOptions { Folder = "", SegmentBytes = 1_000, TotalBytes = 3_000 });
        foreach (var group in new[] { "a", "b", "c", "d" })
        {
            var stream = stage.Store.Open(group, "one");
            for (var number = 0; number < 25; number++)
                stage.Add(stream, $"line {number:000}\n");
            await stage.MessagesAsync(group: group);
            File.SetLastWriteTimeUtc(Directory.GetFiles(Path.Combine(stage.Options.Folder, group), "*.seg")[0],
                stage.Time.GetUtcNow().UtcDateTime.AddMinutes(group[0] - 'd'));
        }

        stage.Store.Trim();
        Assert.Empty(await stage.MessagesAsync(group: "a"));
        Assert.Equal(25, (await stage.MessagesAsync(group: "d")).Length);
        Assert.InRange(stage.Store.Groups().Sum(group => group.Bytes), 1_000, 3_000);

        // Positions go on, also behind a start.
        var end = stage.Store.Find("a")!.End;
        stage.CloseAndReopen();
        Assert.Equal(end, stage.Store.Find("a")!.End);
    }

    [Fact]
    public async Task Drops_what_is_older_than_a_week()
    {
        using var stage = new LogStage();
        stage.Add(stage.Store.Open(LogStage.Group, "one"), "old\n");
        stage.CloseAndReopen();
        File.SetLastWriteTimeUtc(stage.SegmentFiles[0], stage.Time.GetUtcNow().UtcDateTime.AddDays(-8));
        stage.Store.Trim();
        Assert.Empty(await stage.MessagesAsync());
        stage.Add(stage.Store.Open(LogStage.Group, "two"), "new\n");
        Assert.Equal(["new\n"], await stage.MessagesAsync());
    }

    [Fact]
    public async Task Forgets_the_oldest_stream_that_nobody_writes_to()
    {
        using var stage = new LogStage(new LogStoreOptions { Folder = "", MaxStreams = 3 });
        var first = stage.Store.Open(LogStage.Group, "stream 0");
        stage.Add(first, "0\n");
        for (var number = 1; number < 10; number++)
        {
            var stream = stage.Store.Open(LogStage.Group, $"stream {number}");
            stage.Add(stream, $"{number}\n");
            stream.Close();
        }

        Assert.Equal(["0\n", "8\n", "9\n"], await stage.MessagesAsync());
        stage.CloseAndReopen();
        Assert.Contains("9\n", await stage.MessagesAsync());
    }

    [Theory, InlineData("a/b#c.d-e_f"), InlineData(".."), InlineData("."), InlineData("%2F")]
    public async Task Keeps_each_name_in_a_folder_of_its_own(string group)
    {
        using var stage = new LogStage();
        var name = new string('x', 500) + group;
        stage.Add(stage.Store.Open(group, "one"), "short\n");
        stage.Add(stage.Store.Open(name, "one"), "long\n");
        stage.CloseAndReopen();
        Assert.Equal(["short\n"], await stage.MessagesAsync(group: group));
        Assert.Equal(["long\n"], await stage.MessagesAsync(group: name));
        Assert.Equal(2, Directory.GetDirectories(stage.Options.Folder).Length);
    }

    [Fact]
    public async Task Drops_counts_and_tells_what_finds_no_room()
    {
        using var stage = new LogStage(new LogStoreOptions { Folder = "", RoomBytes = 1_000, KickBytes = int.MaxValue / 4 });
        var stream = stage.Store.Open(LogStage.Group, "one");
        Assert.True(stream.RoomAsync().AsTask().IsCompleted);
        for (var number = 0; number < 100; number++)
            stage.Add(stream, "a line of a function that floods us with them\n");
        var room = stream.RoomAsync().AsTask();
        Assert.False(room.IsCompleted);

        var kept = (await stage.MessagesAsync()).Length;
        await room;
        Assert.Equal(100 - kept, stage.Store.Dropped);
        Assert.Equal($"{100 - kept} log entries are lost: functions write faster than the disk does", Assert.Single(stage.Notices));
    }

    [Fact]
    public async Task Lets_whoever_brings_output_wait_no_longer_than_a_moment()
    {
        using var stage = new LogStage(new LogStoreOptions { Folder = "", RoomBytes = 30, WriteDelay = TimeSpan.FromDays(1) });
        var stream = stage.Store.Open(LogStage.Group, "one");
        stage.Add(stream, "a line\n");
        var room = stream.RoomAsync().AsTask();
        Assert.False(room.IsCompleted);
        stage.Time.Advance(stage.Options.RoomDelay);
        await room;
    }

    [Fact]
    public async Task Tries_again_when_the_disk_has_taken_nothing()
    {
        using var stage = new LogStage();
        Directory.CreateDirectory(Path.GetDirectoryName(stage.Options.Folder)!);
        File.WriteAllText(stage.Options.Folder, "a file where the folder should be");
        var stream = stage.Store.Open(LogStage.Group, "one");
        stage.Add(stream, "a\n");
        Assert.Empty(await stage.MessagesAsync());
        stage.Add(stream, "b\n");
        Assert.True(stream.RoomAsync().AsTask().IsCompleted);

        File.Delete(stage.Options.Folder);
        stage.Time.Advance(stage.Options.RoomDelay);
        stage.Time.Advance(stage.Options.RoomDelay);
        Assert.Equal(["a\n", "b\n"], await stage.MessagesAsync());
        Assert.Empty(stage.Notices);
    }

    [Fact]
    public void Tells_what_it_could_not_write_until_its_end()
    {
        using var stage = new LogStage();
        File.WriteAllText(stage.Options.Folder, "a file where the folder should be");
        stage.Add(stage.Store.Open(LogStage.Group, "one"), "a\n");
        stage.Store.Dispose();
        Assert.StartsWith("1 log entries are lost: ", Assert.Single(stage.Notices), StringComparison.Ordinal);
        File.Delete(stage.Options.Folder);
        stage.Reopen();
    }
}
