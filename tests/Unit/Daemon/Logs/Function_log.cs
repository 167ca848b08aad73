using System.Text;
using Thaw.Daemon.Logs;

namespace Thaw.UnitTests.Daemon.Logs;

public sealed class Function_log
{
    [Fact]
    public async Task Shows_each_message_behind_its_name_and_all_of_them_before_it_ends()
    {
        await using var watcher = new MemoryStream();
        await using (var log = new FunctionLog(watcher))
        {
            log.Write("hello: "u8, "one\n"u8);
            log.Write("hello: "u8, [0xff, .. "two"u8]);
            log.WriteLines("hello: "u8, "three\n\nfour"u8);
            log.Notice("Zoë");
            for (var number = 0; number < 100_000; number++)
                log.Write("x: "u8, Encoding.UTF8.GetBytes($"ë {number}\n"));
        }

        var lines = TextOf(watcher).Split('\n');
        Assert.Equal(
            ["hello: one", "hello: \ufffdtwo", "hello: three", "hello: ", "hello: four", "thaw: Zoë", "x: ë 0"], lines[..7]);
        Assert.Equal(["x: ë 99999", ""], lines[^2..]);
    }

    [Fact]
    public async Task Drops_lines_and_tells_how_many_when_nobody_reads()
    {
        await using var watcher = new SlowStream();
        await using (var log = new FunctionLog(watcher))
        {
            var line = new byte[100_000];
            for (var number = 0; number < 1_000; number++)
                log.Write("x: "u8, line);
            watcher.Go.SetResult();
        }

        Assert.Matches(@"\nthaw: [0-9]+ lines of functions were dropped: this terminal was too slow\n", TextOf(watcher));
    }

    [Fact]
    public async Task Repairs_what_is_no_UTF_8_wherever_it_cuts()
    {
        await using var watcher = new MemoryStream();
        var text = string.Concat(Enumerable.Repeat("aë€𝄞", 50_000));
        await using (var log = new FunctionLog(watcher))
            log.Write("x: "u8, [.. Encoding.UTF8.GetBytes(text), 0xc3]);
        Assert.Equal($"x: {text}\ufffd\n", TextOf(watcher));
    }

    private static string TextOf(MemoryStream watcher) => Encoding.UTF8.GetString(watcher.ToArray());

    private sealed class SlowStream : MemoryStream
    {
        public TaskCompletionSource Go { get; } = new();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Go.Task;
            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
