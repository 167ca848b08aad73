using System.Text;
using Thaw.Contracts;
using Thaw.Daemon.Logs;
using Thaw.Telemetry.Lines;

namespace Thaw.UnitTests.Daemon.Logs;

public sealed class Log_reader : IDisposable
{
    private readonly LogStage stage = new(new LogStoreOptions { Folder = "", SegmentBytes = 1_000 });

    private LogReader Reader => new(stage.Store.Find(LogStage.Group)!);

    public void Dispose() => stage.Dispose();

    [Fact]
    public async Task Goes_through_a_group_page_by_page_in_either_direction()
    {
        await FillAsync(100);
        var forward = new List<string>();
        for (var (after, ended) = (0L, false); !ended;)
        {
            var page = await Reader.ReadAsync(new LogQuery { After = after, Limit = 7 });
            forward.AddRange(page.Events.Select(found => found.Message));
            (after, ended) = (page.Next, page.ReachedEnd);
        }

        var backward = new List<string>();
        for (var before = long.MaxValue; await Reader.LastAsync(new LogQuery { Before = before, Limit = 9 }) is { Events.Count: > 0 } page;)
        {
            backward.InsertRange(0, page.Events.Select(found => found.Message));
            before = page.Events[0].Position;
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(number => $"line {number}\n"), forward);
        Assert.Equal(forward, backward);
    }

    [Theory, InlineData(null), InlineData("r1")]
    public async Task Finds_the_last_of_very_many_in_either_piece_of_a_segment(string? request)
    {
        const int Lines = 20_000, AtOnce = 1_000;
        using var large = new LogStage();
        var stream = large.Store.Open(LogStage.Group, "one");
        stream.RequestBegan(new RequestId("r1"));
        for (var number = 0; number < Lines; number += AtOnce)
        {
            var lines = string.Join('\n', Enumerable.Range(number, AtOnce).Select(Line));
            stream.AddLines(new LogEntry(Encoding.UTF8.GetBytes(lines), large.Time.GetUtcNow(), LogSource.Function, LogSeverity.Info));
            large.Store.Find(LogStage.Group)!.Flush();
        }

        var group = large.Store.Find(LogStage.Group)!;
        Assert.InRange(Assert.Single(group.Segments).Marks.Count, 8, 11);
        var query = new LogQuery { Limit = 3_000, Request = request };
        var backward = new List<string>();
        while (await new LogReader(group).LastAsync(query) is { Events: [var first, ..] events })
        {
            backward.InsertRange(0, events.Select(found => found.Message));
            query = query with { Before = first.Position };
        }

        Assert.Equal(Enumerable.Range(0, Lines).Select(number => Line(number) + "\n"), backward);

        static string Line(int number) => $"line {number}".PadRight(40, '.');
    }

    [Fact]
    public async Task Keeps_a_page_within_its_bytes_but_never_returns_an_empty_one_that_is_not_the_end()
    {
        await FillAsync(10);
        var page = await Reader.ReadAsync(new LogQuery { MaxBytes = 100 });
        Assert.Equal((2, false), (page.Events.Count, page.ReachedEnd));
        page = await Reader.ReadAsync(new LogQuery { MaxBytes = 1 });
        Assert.Equal((1, false), (page.Events.Count, page.ReachedEnd));
        page = await Reader.LastAsync(new LogQuery { MaxBytes = 1 });
        Assert.Equal("line 9\n", Assert.Single(page.Events).Message);
    }

    [Fact]
    public async Task Looks_at_no_more_than_is_allowed_for_a_page_and_goes_on_behind_it()
    {
        await FillAsync(100);
        var (looks, found, pages) = (0, new List<string>(), 0);
        for (var (after, ended) = (0L, false); !ended; pages++)
        {
            var before = looks;
            var page = await Reader.ReadAsync(new LogQuery { After = after, MaxLooks = 30, Matches = Is99 });
            Assert.InRange(looks - before, 0, 30);
            found.AddRange(page.Events.Select(one => one.Message));
            (after, ended) = (page.Next, page.ReachedEnd);
        }

        Assert.Equal((100, 4), (looks, pages));
        Assert.Equal(["line 99\n"], found);

        bool Is99(ReadOnlySpan<byte> message)
        {
            looks++;
            return message.StartsWith("line 99"u8);
        }
    }

    [Fact]
    public async Task Takes_the_first_moment_of_a_time_and_not_the_last()
    {
        var begin = stage.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var stream = stage.Store.Open(LogStage.Group, "one");
        foreach (var number in Enumerable.Range(0, 5))
            LogStage.Add(stream, $"{number}", stage.Time.GetUtcNow().AddMilliseconds(number));
        Assert.Equal(["2", "3"], await stage.MessagesAsync(new LogQuery { From = begin + 2, To = begin + 4 }));
    }

    [Fact]
    public async Task Takes_only_the_streams_and_the_messages_that_are_wanted()
    {
        var (one, two) = (stage.Store.Open(LogStage.Group, "one"), stage.Store.Open(LogStage.Group, "two"));
        foreach (var word in new[] { "red", "green" })
        {
            stage.Add(one, $"{word} of one");
            stage.Add(two, $"{word} of two");
        }

        Assert.Equal(["red of two", "green of two"], await stage.MessagesAsync(new LogQuery { Streams = name => name == "two" }));
        Assert.Equal(["red of one", "red of two"], await stage.MessagesAsync(new LogQuery { Matches = text => text.StartsWith("red"u8) }));
    }

    [Fact]
    public async Task Knows_what_belongs_to_a_request_also_behind_a_new_segment_and_a_start()
    {
        var (one, two) = (stage.Store.Open(LogStage.Group, "one"), stage.Store.Open(LogStage.Group, "two"));
        stage.Add(one, "before");
        one.RequestBegan(new RequestId("r1"));
        two.RequestBegan(new RequestId("r2"));
        for (var number = 0; number < 100; number++)
        {
            stage.Add(one, $"one {number}");
            stage.Add(two, $"two {number}");
            stage.Time.Advance(stage.Options.WriteDelay);
        }

        one.RequestEnded();
        stage.Add(one, "after");
        two.RequestEnded();
        Assert.True(stage.SegmentFiles.Length > 3);
        stage.CloseAndReopen();

        Assert.Equal(
            Enumerable.Range(0, 100).Select(number => $"one {number}"), await stage.MessagesAsync(new LogQuery { Request = "r1" }));
        var all = (await Reader.ReadAsync(new LogQuery { TellsRequests = true })).Events;
        Assert.Equal((null, "r1", null), (all[0].Request, all[1].Request, all[^1].Request));
        Assert.Equal(100, all.Count(found => found.Request == "r2"));

        // Also when one begins in the middle.
        var middle = all.First(found => found.Message == "one 77").Position;
        Assert.Equal(23, (await stage.MessagesAsync(new LogQuery { Request = "r1", After = middle })).Length);
    }

    [Fact]
    public async Task Skips_a_segment_that_is_gone_or_cannot_be_read_and_tells_of_a_gap()
    {
        await FillAsync(100);
        var first = await Reader.ReadAsync(new LogQuery { Limit = 5 });
        File.Delete(stage.SegmentFiles[1]);
        Assert.InRange((await stage.MessagesAsync()).Length, 50, 99);
        Assert.False((await Reader.ReadAsync(new LogQuery { After = first.Next })).HasGap);

        var group = stage.Store.Find(LogStage.Group)!;
        group.Remove(group.Segments[0]);
        var rest = await Reader.ReadAsync(new LogQuery { After = first.Next });
        Assert.True(rest.HasGap);
        Assert.Equal("line 99\n", rest.Events[^1].Message);
    }

    [Fact]
    public async Task Shows_any_bytes_as_text()
    {
        var stream = stage.Store.Open(LogStage.Group, "one");
        stream.Add(new LogEntry([0xff, (byte)'a', 0, 0xc3], stage.Time.GetUtcNow(), LogSource.Extension, LogSeverity.Info));
        var found = Assert.Single((await Reader.ReadAsync(new LogQuery())).Events);
        Assert.Equal(("\ufffda\0\ufffd", LogSource.Extension), (found.Message, found.Source));
    }

    [Fact]
    public async Task Sums_up_what_each_stream_has()
    {
        await FillAsync(100);
        var share = (await Reader.SharesAsync())[1];
        Assert.Equal(10 * 7 + 90 * 8, share.Bytes);
        Assert.Equal(stage.Time.GetUtcNow().ToUnixTimeMilliseconds(), share.LastTime);
        stage.Add(stage.Store.Open(LogStage.Group, "two"), "more");
        Assert.Equal(4, (await Reader.SharesAsync())[2].Bytes);
    }

    [Fact]
    public async Task Waits_for_what_is_not_there_yet()
    {
        var group = stage.Store.Group("later");
        Assert.Null(stage.Store.Find("later"));
        var waiting = group.GrowsBeyondAsync(0, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        stage.Add(stage.Store.Open("later", "one"), "at last");
        stage.Time.Advance(stage.Options.WriteDelay);
        await waiting;
        Assert.Equal(["at last"], await stage.MessagesAsync(group: "later"));
    }

    [Fact]
    public async Task Follows_who_writes_without_missing_or_repeating_anything()
    {
        const int Lines = 20_000;
        var (one, two) = (stage.Store.Open(LogStage.Group, "one"), stage.Store.Open(LogStage.Group, "two"));
        var writing = Task.Run(() =>
        {
            for (var number = 0; number < Lines; number++)
            {
                if (number % 10 == 0)
                    one.RequestBegan(new RequestId($"r{number / 10}"));
                stage.Add(one, $"{number}");
                stage.Add(two, "of another");
                if (number % 1_000 == 0)
                    stage.Time.Advance(stage.Options.WriteDelay);
            }
        }, TestContext.Current.CancellationToken);

        var seen = new List<(string? Request, string Message)>();
        var query = new LogQuery { Streams = name => name == "one", TellsRequests = true, Limit = 300 };
        while (seen.Count < Lines)
        {
            var page = await Reader.ReadAsync(query);
            seen.AddRange(page.Events.Select(found => (found.Request, found.Message)));
            query = query with { After = page.Next, Running = page.Running };
        }

        await writing;
        Assert.Equal(Enumerable.Range(0, Lines).Select(number => ((string?)$"r{number / 10}", $"{number}")), seen);
    }

    private async Task FillAsync(int lines)
    {
        var stream = stage.Store.Open(LogStage.Group, "one");
        for (var number = 0; number < lines; number++)
        {
            stage.Add(stream, $"line {number}\n");
            if (number % 10 == 0)
                await stage.MessagesAsync(new LogQuery { Limit = 1 });
        }

        await stage.MessagesAsync(new LogQuery { Limit = 1 });
    }
}
