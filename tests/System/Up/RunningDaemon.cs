using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Thaw.Linux;
using Thaw.SystemTests.Runs;
using Thaw.SystemTests.Sandboxing.Networks;

namespace Thaw.SystemTests.Up;

/// <summary><c>thaw up</c> as a process of its own. However it ends, nothing of it may be left.</summary>
internal sealed class RunningDaemon : IAsyncDisposable
{
    public const int SIGTERM = 15;

    /// <summary>Far more than anything takes on a quiet machine; nobody waits for it to pass when all is well.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process process;
    private readonly FunctionsFolder functions;
    private readonly Sink output, error;
    private readonly NetworkNamespaceOfTest? network;

    // Agents have no variables and so no mark.
    private readonly HashSet<int> seen = [];

    private RunningDaemon(
        FunctionsFolder functions,
        string[] options,
        bool isWatched = true,
        IReadOnlyDictionary<string, string>? variables = null,
        NetworkNamespaceOfTest? network = null,
        PlainUserOfTest? user = null,
        IReadOnlyList<string>? entering = null)
    {
        (this.functions, this.network) = (functions, network);
        string[] program = user?.Program ?? [.. network?.Entering ?? [], .. entering ?? [], ThawProgram.Path];
        var start = new ProcessStartInfo(
            program[0],
            [
                .. program[1..],

                // The data directory relative to the working directory, as people give it.
                "up", "--functions", functions.Path, "--data", Path.GetRelativePath(Path.GetTempPath(), functions.Data), "--port", "0",
                .. ThawProgram.IsolationFor(options), .. options,
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        process = Process.Start(start)!;
        (output, error) = (new(process.StandardOutput.BaseStream), new(isWatched ? process.StandardError.BaseStream : Stream.Null));
    }

    public Uri Address { get; private set; } = null!;

    public int Pid => process.Id;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>What it has said on standard error.</summary>
    public string Said => error.SoFar;

    public int Descriptors => Directory.EnumerateFileSystemEntries($"/proc/{Pid}/fd").Count();

    public int ProcessesBelow => ProcessTree.DescendantsOf(Pid).Count;

    /// <summary>Without those that wait to make a sandbox: there may be one more or less of them at any time.</summary>
    public int ProcessesOfSandboxes => ProcessTree.DescendantsOf(Pid).Count(process => !WaitsToLaunch(process));

    public static Task<RunningDaemon> StartAsync(FunctionsFolder functions, params string[] options) =>
        ListeningAsync(new RunningDaemon(functions, options));

    /// <param name="variables">Of the daemon itself.</param>
    public static Task<RunningDaemon> StartWithAsync(
        FunctionsFolder functions, IReadOnlyDictionary<string, string> variables, params string[] options) =>
        ListeningAsync(new RunningDaemon(functions, options, variables: variables));

    /// <param name="network">Where it lives.</param>
    /// <param name="variables">Of the daemon itself.</param>
    public static Task<RunningDaemon> StartInAsync(
        NetworkNamespaceOfTest network,
        FunctionsFolder functions,
        IReadOnlyDictionary<string, string> variables,
        params string[] options) => ListeningAsync(new RunningDaemon(functions, options, variables: variables, network: network));

    /// <param name="disk">Where its data lies.</param>
    public static Task<RunningDaemon> StartAsync(SmallDisk disk, FunctionsFolder functions, params string[] options) =>
        StartUnderAsync(disk.Entering, functions, options);

    /// <param name="entering">A command that becomes the one behind it.</param>
    public static Task<RunningDaemon> StartUnderAsync(
        IReadOnlyList<string> entering, FunctionsFolder functions, params string[] options) =>
        ListeningAsync(new RunningDaemon(functions, options, entering: entering));

    /// <param name="user">Who runs it.</param>
    /// <param name="functions">Its data directory is made, and that user's.</param>
    public static Task<RunningDaemon> StartAsync(PlainUserOfTest user, FunctionsFolder functions, params string[] options) =>
        ListeningAsync(new RunningDaemon(functions, options, user: user));

    /// <summary>Nobody reads what it says on standard error.</summary>
    public static Task<RunningDaemon> StartUnwatchedAsync(FunctionsFolder functions) =>
        ListeningAsync(new RunningDaemon(functions, [], isWatched: false));

    /// <summary>Tries to start it where it cannot: returns its exit status and the only line that it wrote.</summary>
    public static Task<(int Status, string Line)> RefusesToStartAsync(FunctionsFolder functions, params string[] options) =>
        RefusesToStartAsync(null, functions, options);

    public static async Task<(int Status, string Line)> RefusesToStartAsync(
        PlainUserOfTest? user, FunctionsFolder functions, params string[] options)
    {
        var daemon = new RunningDaemon(functions, options, user: user);
        await daemon.process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        Assert.Empty(daemon.output.SoFar);
        var said = Encoding.UTF8.GetString(await daemon.error.AllAsync(Patience));
        return (daemon.process.ExitCode, Assert.Single(said.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    public Task<Answer> InvokeAsync(string function, string json = "{}", params (string Name, string Value)[] headers) =>
        InvokeAsync(function, new StringContent(json), headers);

    public async Task<Answer> InvokeAsync(string function, HttpContent? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/2015-03-31/functions/{function}/invocations") { Content = body };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.OfAsync(response);
    }

    public async Task<Answer> GetAsync(string path)
    {
        using var response = await Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return await Answer.OfAsync(response);
    }

    /// <summary>The environments of a function that are there now.</summary>
    public async Task<JsonElement[]> EnvironmentsAsync(string? function = null)
    {
        var all = (await GetAsync("/thaw/environments")).Succeeded().Json.EnumerateArray();
        return [.. all.Where(one => (function is null || one.GetProperty("function").GetString() == function)
            && one.GetProperty("state").GetString() != "Ended")];
    }

    public async Task UntilAsync(Func<bool> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < Patience, $"waited in vain until {what}; it said:\n{Said}");
            Assert.False(process.HasExited, $"it ended before {what}; it said:\n{Said}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    public async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? patience = null)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < (patience ?? Patience), $"waited in vain until {what}; it said:\n{Said}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until all environments of a function could take an invoke: until then who comes may get one of his own.</summary>
    public Task RestsAsync(string function) => UntilAsync(
        async () => (await EnvironmentsAsync(function)).All(one => one.GetProperty("state").GetString() is "Ready" or "Frozen"),
        $"{function} is ready");

    /// <summary>Waits until it makes no sandbox any more: as many empty ones are ready as there are to be.</summary>
    public Task HasSandboxesReadyAsync() => UntilAsync(
        async () => (await GetAsync("/metrics")).Text.Contains("\nthaw_sandboxes_ready 2\n", StringComparison.Ordinal), "two are ready");

    public Task SaysAsync(string text) => UntilAsync(() => Said.Contains(text, StringComparison.Ordinal), $"it says {text}");

    public void Signal(int signal)
    {
        seen.UnionWith(ProcessTree.DescendantsOf(Pid));
        Assert.Equal(0, Syscalls.kill(Pid, signal));
    }

    /// <summary>Waits until it has ended by itself, which leaves no process at that very moment, and no file but logs.</summary>
    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        Assert.True(Living().Length == 0, $"it leaves {string.Join("; ", Living().Select(Described))}; it said:\n{Said}");
        Assert.Empty(LeftFiles());
        return process.ExitCode;
    }

    /// <summary>Waits until it is gone, and all that was below it but what is frozen: that may need the next daemon to die.</summary>
    public async Task AwaitEndAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        await UntilGoneAsync(() => Living().Where(pid => !FrozenProcess.Holds(pid)));
    }

    /// <summary>The same, and then all is gone, by the help of the next daemon if it must.</summary>
    public async Task AwaitClearanceAsync()
    {
        await AwaitEndAsync();
        if (Living().Length == 0)
            return;
        await using var next = await StartAsync(functions);
        await AwaitClearanceByTheNextAsync();
    }

    /// <summary>Waits until all is gone that was below it, since the next daemon has been started.</summary>
    public Task AwaitClearanceByTheNextAsync() => UntilGoneAsync(Living);

    /// <summary>Kills it, and leaves to the next one what it leaves: environments that were frozen, for example.</summary>
    public async Task KillAsync()
    {
        Signal(Syscalls.SIGKILL);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        Http.Dispose();
        process.Dispose();
    }

    /// <summary>Stops it in order, unless it has ended already.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            Http.Dispose();
            if (process.HasExited)
                return;
            Signal(SIGTERM);
            Assert.Equal(0, await EndAsync());
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
            process.Dispose();
        }
    }

    private static async Task UntilGoneAsync(Func<IEnumerable<int>> living)
    {
        var waited = Stopwatch.StartNew();
        while (living().ToArray() is { Length: > 0 } left)
        {
            Assert.True(waited.Elapsed < Patience, $"processes of the daemon live on: {string.Join("; ", left.Select(Described))}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private static string Described(int pid)
    {
        try
        {
            return $"{pid}: {File.ReadAllText($"/proc/{pid}/stat")} {File.ReadAllText($"/proc/{pid}/cgroup")}";
        }
        catch (IOException)
        {
            return $"{pid}";
        }
    }

    private static async Task<RunningDaemon> ListeningAsync(RunningDaemon daemon)
    {
        const string Listening = "thaw: listening on ";
        await daemon.UntilAsync(() => daemon.output.SoFar.Contains('\n', StringComparison.Ordinal), "it listens");
        Assert.StartsWith(Listening, daemon.output.SoFar, StringComparison.Ordinal);
        daemon.Address = new Uri(daemon.output.SoFar[Listening.Length..].TrimEnd());
        var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 20_000, UseProxy = false };
        if (daemon.network is { } network)
            handler.ConnectCallback = async (call, stop) => await network.ConnectAsync(call.DnsEndPoint, stop);
        daemon.Http = new HttpClient(handler)
        {
            BaseAddress = daemon.Address,
            Timeout = Patience,
        };
        return daemon;
    }

    // Logs, code and the store are kept.
    // Links of an image's lead anywhere.
    private static readonly EnumerationOptions OurFiles = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    private IEnumerable<string> LeftFiles() => Directory.Exists(functions.Data)
        ? Directory.EnumerateFiles(functions.Data, "*", OurFiles)
            .Where(file => Path.GetRelativePath(functions.Data, file).Split('/')[0] is not ("logs" or "code" or "images" or "snapshots")
                && !Path.GetFileName(file).StartsWith("thaw.", StringComparison.Ordinal))
        : [];

    private int[] Living() =>
        [.. MarkedProcesses.With(functions.Mark).Concat(seen.Where(pid => ProcFile.ReadStat(pid) is { IsAlive: true }))];

    private bool WaitsToLaunch(int process)
    {
        try
        {
            return ProcFile.ReadStat(process)?.Parent == Pid && ProcessTree.DescendantsOf(process).Count == 0
                && File.ReadAllText($"/proc/{process}/cmdline").EndsWith("\0launch\0", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
