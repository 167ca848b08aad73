using System.Text;
using Thaw.Daemon.Logs;

namespace Thaw.UnitTests.Daemon.Logs;

public sealed class Function_log
{
    [Fact]
    public async Task Shows_each_message_behind_its_name_and_all_of_them_before_it_ends()
    {
        await using var watcher = new StringWriter();
        await using (var log = new FunctionLog(watcher))
        {
            log.Write("hello: "u8, "one\n"u8);
            log.Write("hello: "u8, [0xff, .. "two"u8]);
            log.Notice("Zoë");
            for (var number = 0; number < 100_000; number++)
                log.Write("x: "u8, Encoding.UTF8.GetBytes($"ë {number}\n"));
        }

        var lines = watcher.ToString().Split('\n');
        Assert.Equal(["hello: one", "hello: \ufffdtwo", "thaw: Zoë", "x: ë 0"], lines[..4]);
        Assert.Equal(["x: ë 99999", ""], lines[^2..]);
    }

    [Fact]
    public async Task Drops_lines_and_tells_how_many_when_nobody_reads()
    {
        await using var watcher = new SlowWriter();
        await using (var log = new FunctionLog(watcher))
        {
            var line = new byte[100_000];
            for (var number = 0; number < 1_000; number++)
                log.Write("x: "u8, line);
            watcher.Go.SetResult();
        }

        Assert.Matches(@"\nthaw: [0-9]+ lines of functions were dropped: this terminal was too slow", watcher.ToString());
    }

    private sealed class SlowWriter : StringWriter
    {
        public TaskCompletionSource Go { get; } = new();

        public override async Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
        {
            await Go.Task;
            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
