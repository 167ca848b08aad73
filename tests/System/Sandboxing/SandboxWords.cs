using System.Globalization;
using Thaw.Linux;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Processes;

namespace Thaw.SystemTests.Sandboxing;

/// <summary>Words for the stories below.</summary>
internal static class SandboxWords
{
    /// <summary>Far more than anything takes on a quiet machine; nothing waits for it to pass when all is well.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    internal static Task<ProcessSandbox> NewSandboxAsync() => ProcessSandbox.CreateAsync(new() { DestroyLimit = Patience });

    internal static ProcessStart Program(string path, IProcessOutput output, params string[] arguments) => new()
    {
        Path = path,
        Arguments = arguments,
        Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
        WorkingDirectory = "/",
        Output = output,
    };

    internal static ProcessStart Shell(string script, IProcessOutput output) => Program("/bin/sh", output, "-c", script);

    internal static ProcessStart Python(string script, IProcessOutput output) =>
        Program("/usr/bin/python3", output, "-I", "-S", "-c", script);

    /// <summary>Runs a program in a sandbox of its own, to its end.</summary>
    internal static async Task<(ExitStatus Exit, Collected Output)> RunAsync(Func<IProcessOutput, ProcessStart> program)
    {
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();
        var process = await sandbox.StartAsync(program(output));
        return (await process.Exited.InTimeAsync(), output);
    }

    internal static Task InTimeAsync(this Task task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    internal static Task<T> InTimeAsync<T>(this Task<T> task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    internal static async Task EventuallyAsync(Func<bool> holds, string what)
    {
        var end = DateTime.UtcNow + Patience;
        while (!holds())
        {
            Assert.True(DateTime.UtcNow < end, $"Not within {Patience}: {what}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The process ids a program has printed, one a line.</summary>
    internal static async Task<int[]> PrintedPidsAsync(Collected output, int count)
    {
        await EventuallyAsync(() => output.Lines.Length >= count && output.Stdout.EndsWith('\n'), $"{count} lines");
        return [.. output.Lines.Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
    }

    /// <summary>A zombie counts: it has not been reaped.</summary>
    internal static bool Exists(int pid) => ProcFile.ReadStat(pid) is not null;

    internal static bool IsAlive(int pid) => ProcFile.ReadStat(pid) is { IsAlive: true };

    /// <summary>
    /// A python program that makes every kind of fugitive: in a session of its own, doubly forked, deaf to SIGTERM, with its pipes closed.
    /// Each prints its id first.
    /// </summary>
    internal const string Fugitives = """
        import os, signal, sys, time
        def report():
            os.write(1, b"%d\n" % os.getpid())
        def forked(life):
            if os.fork() == 0:
                life()
                os._exit(0)
        def hide():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            report()
            os.closerange(0, 100)
            while True:
                time.sleep(1000)
        def in_own_session():
            os.setsid()
            hide()
        def doubly_forked():
            os.setsid()
            forked(hide)
        forked(hide)
        forked(in_own_session)
        forked(doubly_forked)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        report()
        while True:
            time.sleep(1000)
        """;

    /// <summary>How many processes <see cref="Fugitives"/> leaves alive.</summary>
    internal const int FugitiveCount = 4;
}
