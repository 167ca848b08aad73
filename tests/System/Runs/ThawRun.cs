using System.Diagnostics;
using Thaw.Linux;

namespace Thaw.SystemTests.Runs;

/// <summary>
/// <c>thaw run</c> as a process of its own. Each run gives its function a mark among the variables, by which every process of the
/// function is found again, wherever it went: after a run none may be left.
/// </summary>
internal sealed class ThawRun : IDisposable
{
    /// <summary>Far more than any run takes on a quiet machine; nobody waits for it to pass when all is well.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process process;
    private readonly string mark;
    private readonly Sink output, error;

    // What was below thaw when it was signalled: the agent too, which has no variables and so no mark.
    private readonly HashSet<int> seen = [];

    private ThawRun(ProcessStartInfo start, string mark)
    {
        this.mark = mark;
        process = Process.Start(start)!;
        (output, error) = (new(process.StandardOutput.BaseStream), new(process.StandardError.BaseStream));
    }

    public int Pid => process.Id;

    /// <summary>Takes a function through its life and sees that nothing of it is left.</summary>
    public static Task<EndedRun> OfAsync(string path, params string[] options) => WithInputAsync(null, path, options);

    public static Task<EndedRun> OfAsync(WrittenFunction function, params string[] options) => OfAsync(function.Folder, options);

    public static async Task<EndedRun> WithInputAsync(string? input, string path, params string[] options)
    {
        using var run = Start(path, options);
        return await run.EndWithInputAsync(input);
    }

    public static ThawRun Start(string path, params string[] options) => Start([], ThawProgram.Path, path, options);

    /// <param name="launcher">A program and arguments that start thaw in some special way, such as setpriv.</param>
    public static ThawRun Start(string[] launcher, string thaw, string path, params string[] options)
    {
        var mark = $"THAW_TEST_RUN={Guid.NewGuid():N}";
        string[] command = [.. launcher, thaw, "run", path, "--env", mark, .. ThawProgram.IsolationFor(options), .. options];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["SECRET_OF_THE_DAEMON"] = "nobody's business";
        start.Environment["NO_COLOR"] = "1";
        return new ThawRun(start, mark);
    }

    /// <summary>Gives it what it reads, and waits for the end.</summary>
    public async Task<EndedRun> EndWithInputAsync(string? input)
    {
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        return await EndAsync();
    }

    /// <summary>Waits for the end. When thaw has ended by itself, its processes are gone at that very moment.</summary>
    public async Task<EndedRun> EndAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        Assert.Empty(Living());
        return new EndedRun(process.ExitCode, await output.AllAsync(Patience), await error.AllAsync(Patience));
    }

    /// <summary>Kills thaw, which can then clear up nothing itself; waits until its agent has.</summary>
    public async Task KillAndAwaitClearanceAsync()
    {
        TrySignal(Syscalls.SIGKILL);
        await AwaitClearanceAsync();
    }

    /// <summary>Thaw dies at once; waits until it has, and all that was below it.</summary>
    public async Task AwaitClearanceAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        var waited = Stopwatch.StartNew();
        while (Living().Length > 0)
        {
            Assert.True(waited.Elapsed < Patience, "processes of the run live on");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public void Signal(int signal) => Assert.True(TrySignal(signal), "it has ended already");

    public bool TrySignal(int signal)
    {
        seen.UnionWith(ProcessTree.DescendantsOf(Pid));
        return !process.HasExited && Syscalls.kill(Pid, signal) == 0;
    }

    /// <summary>Waits until standard error has a text.</summary>
    public async Task SaysAsync(string text)
    {
        var waited = Stopwatch.StartNew();
        while (!error.SoFar.Contains(text, StringComparison.Ordinal))
        {
            Assert.True(waited.Elapsed < Patience && !process.HasExited, $"it never said {text}, only {error.SoFar}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }

    /// <summary>The processes of this run. Those of our own user can be looked at, all of them by root.</summary>
    private int[] Living() =>
        [.. MarkedProcesses.With(mark).Concat(seen.Where(pid => ProcFile.ReadStat(pid) is { IsAlive: true }))];
}
