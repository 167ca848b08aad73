using Thaw.Contracts;
using Thaw.Daemon.Logs;
using Thaw.Telemetry.Lines;

namespace Thaw.UnitTests.Daemon.Logs;

/// <summary>Random entries, reads, starts and clocks, beside a plain list.</summary>
public sealed class Log_store_of_random_entries
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];

    [Theory, MemberData(nameof(Seeds))]
    public async Task Has_what_a_list_has(int seed)
    {
        var random = new Random(seed);
        using var stage = new LogStage(new LogStoreOptions { Folder = "", SegmentBytes = random.Next(200, 3_000) });
        var list = new List<Entry>();
        var streams = Open(stage, 0);
        for (var step = 0; step < 300; step++)
        {
            switch (random.Next(20))
            {
                case < 4:
                    var into = random.Next(streams.Length);
                    var now = stage.Time.GetUtcNow();
                    var lines = Enumerable.Range(0, random.Next(1, 6))
                        .Select(_ => new string((char)random.Next('a', 'z'), random.Next(0, 60))).ToList();
                    LogStage.AddLines(streams[into].Stream, lines, now);
                    list.AddRange(lines.Select(line =>
                        new Entry(streams[into].Name, line + "\n", now.ToUnixTimeMilliseconds(), streams[into].Request)));
                    break;
                case < 14:
                    var at = random.Next(streams.Length);
                    var text = new string((char)random.Next('a', 'z'), random.Next(0, 120));
                    var time = stage.Time.GetUtcNow().AddMilliseconds(random.Next(-5, 5));
                    LogStage.Add(streams[at].Stream, text, time, (LogSource)random.Next(1, 4));
                    list.Add(new(streams[at].Name, text, time.ToUnixTimeMilliseconds(), streams[at].Request));
                    break;
                case 14:
                    var began = random.Next(streams.Length);
                    streams[began] = streams[began] with { Request = $"r{random.Next(5)}" };
                    streams[began].Stream.RequestBegan(new RequestId(streams[began].Request!));
                    break;
                case 15:
                    var ended = random.Next(streams.Length);
                    streams[ended] = streams[ended] with { Request = null };
                    streams[ended].Stream.RequestEnded();
                    break;
                case 16:
                    stage.Time.Advance(TimeSpan.FromMilliseconds(random.Next(300)));
                    break;
                case 17 when random.Next(5) == 0:
                    stage.CloseAndReopen();
                    streams = Open(stage, step);
                    break;
                default:
                    await CompareAsync(stage, list, random);
                    break;
            }
        }

        await CompareAsync(stage, list, random);
    }

    private static Writer[] Open(LogStage stage, int step) =>
    [
        .. Enumerable.Range(0, 3).Select(number => $"{step}/{number}")
            .Select(name => new Writer(stage.Store.Open(LogStage.Group, name), name, null)),
    ];

    private static async Task CompareAsync(LogStage stage, List<Entry> list, Random random)
    {
        var all = list.Select(entry => entry.Time).DefaultIfEmpty().ToList();
        var (from, to) = (all[random.Next(all.Count)], all[random.Next(all.Count)] + 3);
        var request = random.Next(2) == 0 ? $"r{random.Next(5)}" : null;
        var stream = random.Next(2) == 0 && list.Count > 0 ? list[random.Next(list.Count)].Stream : null;
        var letter = random.Next(2) == 0 ? (byte?)random.Next('a', 'z') : null;
        var query = new LogQuery
        {
            From = from,
            To = to,
            Request = request,
            Streams = stream is null ? null : name => name == stream,
            Matches = letter is null ? null : text => text.Contains(letter.Value),
            Limit = random.Next(1, 50),
        };
        var wanted = list.Where(entry => entry.Time >= from && entry.Time < to)
            .Where(entry => (request is null || entry.Request == request) && (stream is null || entry.Stream == stream))
            .Where(entry => letter is null || entry.Text.Contains((char)letter.Value, StringComparison.Ordinal))
            .Select(entry => entry.Text).ToList();

        var reader = new LogReader(stage.Store.Group(LogStage.Group));
        var found = new List<string>();
        for (var ended = false; !ended;)
        {
            var page = await reader.ReadAsync(query);
            Assert.InRange(page.Events.Count, 0, query.Limit);
            found.AddRange(page.Events.Select(one => one.Message));
            (query, ended) = (query with { After = page.Next, Running = random.Next(3) == 0 ? null : page.Running }, page.ReachedEnd);
        }

        Assert.Equal(wanted, found);
        found.Clear();
        query = query with { After = 0, Running = null };
        while (await reader.LastAsync(query) is { Events: [var first, ..] events })
        {
            Assert.InRange(events.Count, 1, query.Limit);
            found.InsertRange(0, events.Select(one => one.Message));
            query = query with { Before = first.Position };
        }

        Assert.Equal(wanted, found);
    }

    private sealed record Entry(string Stream, string Text, long Time, string? Request);

    private sealed record Writer(LogStream Stream, string Name, string? Request);
}
