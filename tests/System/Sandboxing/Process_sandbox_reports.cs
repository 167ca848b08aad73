using Thaw.Linux;
using Thaw.Sandboxing;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing;

public sealed class Process_sandbox_reports
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    public async Task The_exit_status(int status)
    {
        var (exit, _) = await RunAsync(output => Shell($"exit {status}", output));

        Assert.Equal(new ExitStatus(status, 0), exit);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(9)]
    [InlineData(11)]
    [InlineData(13)]
    [InlineData(15)]
    public async Task The_signal_that_ended_it(int signal)
    {
        var (exit, _) = await RunAsync(output => Shell($"kill -{signal} $$", output));

        Assert.Equal(new ExitStatus(0, signal), exit);
    }

    [Fact]
    public async Task Both_streams_apart_and_complete_for_20_megabytes()
    {
        const int Lines = 200_000;
        var (exit, output) = await RunAsync(output => Python(
            $"""
            import sys
            for i in range({Lines}):
                print("%049d" % i)
                print("%049d" % -i, file=sys.stderr)
            """,
            output));

        Assert.Equal(new ExitStatus(0, 0), exit);
        Assert.Equal(string.Concat(Enumerable.Range(0, Lines).Select(i => $"{i:D49}\n")), output.Stdout);
        Assert.Equal(string.Concat(Enumerable.Range(0, Lines).Select(i => i == 0 ? $"{0:D49}\n" : $"-{i:D48}\n")), output.Stderr);
    }

    [Fact]
    public async Task Binary_output_as_it_is()
    {
        var (_, output) = await RunAsync(output => Python("import os; os.write(1, bytes(range(256)) * 16)", output));

        Assert.Equal(Enumerable.Range(0, 4096).Select(i => (byte)i), output.StdoutBytes);
    }

    [Fact]
    public async Task The_last_line_even_without_a_newline()
    {
        var (_, output) = await RunAsync(output => Shell("printf 'no newline'", output));

        Assert.Equal("no newline", output.Stdout);
    }

    [Fact]
    public async Task All_output_before_the_exit_though_a_descendant_keeps_the_pipe()
    {
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();
        var process = await sandbox.StartAsync(Python(
            """
            import os, time
            if os.fork() == 0:
                time.sleep(1000)
            os.write(1, b"x" * 60000)
            os.write(2, b"y" * 60000)
            os._exit(7)
            """,
            output));

        Assert.Equal(new(7, 0), await process.Exited.InTimeAsync());
        Assert.Equal(60_000, output.Stdout.Length);
        Assert.Equal(60_000, output.Stderr.Length);
    }

    [Fact]
    public async Task The_exit_though_a_descendant_never_stops_writing()
    {
        await using var sandbox = await NewSandboxAsync();
        var process = await sandbox.StartAsync(Shell("yes & exit 3", new Counted()));

        Assert.Equal(new(3, 0), await process.Exited.InTimeAsync());
    }

    [Fact]
    public async Task The_exit_though_a_descendant_takes_the_output_away()
    {
        await using var sandbox = await NewSandboxAsync();
        var process = await sandbox.StartAsync(Shell("cat /proc/$$/fd/1 >/dev/null & yes & sleep 0.1; exit 4", new Counted()));

        Assert.Equal(new(4, 0), await process.Exited.InTimeAsync());
    }

    [Fact]
    public async Task What_a_descendant_writes_after_the_exit()
    {
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();
        var process = await sandbox.StartAsync(Shell("(while kill -0 $$ 2>/dev/null; do sleep 0.01; done; echo late) & exit 0", output));

        await process.Exited.InTimeAsync();
        await EventuallyAsync(() => output.Stdout == "late\n", "the late line");
    }

    [Fact]
    public async Task Every_byte_to_a_slow_reader_without_hoarding_it()
    {
        await using var sandbox = await NewSandboxAsync();
        var output = new Counted { Delay = TimeSpan.FromMilliseconds(1) };
        var process = await sandbox.StartAsync(Python("import os\nfor i in range(128): os.write(1, bytes([i]) * 65536)", output));
        await EventuallyAsync(() => output.Count > 1024 * 1024, "the first megabyte");
        var agentPeak = ProcFile.ReadPeakMemory(sandbox.AgentPid);

        Assert.Equal(new(0, 0), await process.Exited.InTimeAsync());
        Assert.Equal(128 * 65536, output.Count);
        Assert.True(ProcFile.ReadPeakMemory(sandbox.AgentPid) - agentPeak < 8 * 1024 * 1024, "The agent hoards output.");
    }

    [Fact]
    public async Task Many_short_lives_each_with_its_own_output()
    {
        await using var sandbox = await NewSandboxAsync();
        var lives = Enumerable.Range(0, 100).Select(async i =>
        {
            var output = new Collected();
            var process = await sandbox.StartAsync(Shell($"echo {i}; exit {i}", output));
            Assert.Equal(new(i, 0), await process.Exited.InTimeAsync());
            Assert.Equal($"{i}\n", output.Stdout);
        });

        await Task.WhenAll(lives);
    }

    [Fact]
    public async Task The_peak_of_its_memory()
    {
        await using var sandbox = await NewSandboxAsync();
        Assert.Equal(0, sandbox.PeakMemoryBytes());
        var output = new Collected();
        const string Grow = "import time; b = bytearray(50_000_000); b = None; print(1, flush=True); time.sleep(1000)";
        await sandbox.StartAsync(Python(Grow, output));
        await PrintedPidsAsync(output, 1);

        // It is measured now and then: who asks too soon gets an older figure.
        await EventuallyAsync(() => sandbox.PeakMemoryBytes() > 50_000_000, "the peak");
        await sandbox.KillAllAsync(Patience);
        Assert.InRange(sandbox.PeakMemoryBytes(), 50_000_000, 100_000_000);
    }

    /// <summary>Counts and forgets.</summary>
    private sealed class Counted : IProcessOutput
    {
        private long count;

        internal TimeSpan Delay { get; init; }

        internal long Count => Interlocked.Read(ref count);

        public void Write(OutputStream stream, ReadOnlySpan<byte> bytes)
        {
            Interlocked.Add(ref count, bytes.Length);
            if (Delay > TimeSpan.Zero)
                Thread.Sleep(Delay);
        }
    }
}
