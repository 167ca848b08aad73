using System.Globalization;
using Thaw.Sandboxing;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing;

/// <summary>A third pipe, for whoever asks for one.</summary>
public sealed class Process_sandbox_extra_output
{
    private const int Descriptor = 62;

    [Fact]
    public async Task Comes_apart_from_the_others()
    {
        var (exit, output) = await RunAsync(output =>
            Extra(Python("import os; os.write(1, b'out'); os.write(2, b'err'); os.write(62, b'extra')", output)));

        Assert.Equal(new ExitStatus(0, 0), exit);
        Assert.Equal(("out", "err", "extra"), (output.Stdout, output.Stderr, output.Extra));
    }

    [Theory, InlineData(3), InlineData(10), InlineData(255)]
    public async Task May_be_at_many_descriptors(int descriptor)
    {
        var (_, output) = await RunAsync(output =>
            Extra(Python($"import os; os.write({descriptor}, b'here')", output), descriptor));

        Assert.Equal("here", output.Extra);
    }

    [Fact]
    public async Task Is_not_there_when_nobody_asked_for_it()
    {
        var (_, output) = await RunAsync(output =>
            Python("import os; print([n for n in range(3, 256) if os.path.exists(f'/proc/self/fd/{n}')])", output));
        Assert.Equal("[]\n", output.Stdout);

        (_, output) = await RunAsync(output => Extra(
            Python("import os; print([n for n in range(3, 256) if os.path.exists(f'/proc/self/fd/{n}')])", output)));
        Assert.Equal("[62]\n", output.Stdout);
    }

    [Fact]
    public async Task Is_complete_before_the_exit_though_a_descendant_keeps_the_pipe()
    {
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();
        var process = await sandbox.StartAsync(Extra(Python(
            """
            import os, time
            if os.fork() == 0:
                time.sleep(1000)
            os.write(1, b"x" * 60000)
            os.write(62, b"y" * 60000)
            os._exit(7)
            """,
            output)));

        Assert.Equal(new(7, 0), await process.Exited.InTimeAsync());
        Assert.Equal((60_000, 60_000), (output.Stdout.Length, output.Extra.Length));
    }

    [Fact]
    public async Task Is_complete_when_everybody_was_killed()
    {
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();
        await sandbox.StartAsync(Extra(Python(
            "import os, time; os.write(62, b'x' * 60000); os.write(1, b'written'); time.sleep(1000)", output)));
        await EventuallyAsync(() => output.Stdout == "written", "its last word");
        await sandbox.KillAllAsync(Patience).InTimeAsync();

        Assert.Equal(60_000, output.Extra.Length);
    }

    [Fact]
    public async Task Is_there_when_it_is_flushed()
    {
        // A process says by a file that it has written.
        using var folder = new Thaw.Testing.TemporaryFolder();
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();
        await sandbox.StartAsync(Extra(Python(
            $"""
            import os, time
            for count in range(1, 201):
                os.write(62, b"x" * (40000 if count % 5 == 0 else 10))
                open("{folder.Path}/" + str(count), "w").close()
                while not os.path.exists("{folder.Path}/seen" + str(count)): time.sleep(0.0001)
            time.sleep(1000)
            """,
            output)));

        var written = 0;
        for (var count = 1; count <= 200; count++)
        {
            var name = count.ToString(CultureInfo.InvariantCulture);
            await EventuallyAsync(() => File.Exists(Path.Combine(folder.Path, name)), name);
            written += count % 5 == 0 ? 40_000 : 10;
            await sandbox.FlushOutputAsync().InTimeAsync();
            Assert.Equal(written, output.Extra.Length);
            await File.WriteAllBytesAsync(Path.Combine(folder.Path, $"seen{name}"), [], TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Needs_no_question_when_nothing_has_been_written()
    {
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();
        await sandbox.StartAsync(Extra(Shell("echo ready; sleep 1000", output)));
        await EventuallyAsync(() => output.Lines.Length == 1, "its only line");

        await EventuallyAsync(() => sandbox.FlushOutputAsync().IsCompleted, "a flush that is over at once");
    }

    [Fact]
    public async Task Needs_no_question_when_its_only_writer_has_closed_it()
    {
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();
        await sandbox.StartAsync(Extra(Python(
            "import os, time; os.close(62); os.close(2); os.write(1, b'closed\\n'); time.sleep(1000)", output)));
        await EventuallyAsync(() => output.Lines.Length == 1, "its only line");

        await EventuallyAsync(() => sandbox.FlushOutputAsync().IsCompleted, "a flush that is over at once");
    }

    private static ProcessStart Extra(ProcessStart start, int descriptor = Descriptor) => start with { ExtraOutput = descriptor };
}
