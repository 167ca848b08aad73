using System.Globalization;
using Thaw.SystemTests.Runs;
using Thaw.SystemTests.Sandboxing.Networks;
using Thaw.SystemTests.Up;

namespace Thaw.SystemTests.Attacks;

/// <summary>What is left of environments: nothing, neither after each of them nor after their daemon, however that ended.</summary>
public sealed class Environments_that_come_and_go : IDisposable
{
    private readonly int cycles = Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1" ? 300 : 30;
    private readonly FunctionsFolder functions = new();
    private readonly HashSet<int> daemons = [];
    private NetworkNamespaceOfTest? network;

    [Fact]
    public async Task Leave_nothing_of_themselves_and_their_daemon_neither_when_it_is_killed()
    {
        SmallWorld.SkipUnlessPossible();
        network = new();
        network.Shell("ip link set lo up");
        var before = Left();
        Attackers.Write(functions, "stays");
        var daemon = await StartAsync();
        Assert.Equal("\"\"", (await daemon.InvokeAsync("stays", "\"pass\"")).Succeeded().Text);
        for (var cycle = -5; cycle <= 0; cycle++)
            await CycleAsync(daemon, cycle);
        var kinds = KindsOf(daemon);
        var still = await QuietAsync(daemon);
        for (var cycle = 1; cycle <= cycles; cycle++)
            await CycleAsync(daemon, cycle);
        var after = await QuietAsync(daemon);
        Assert.True(still == after, $"{still}\n{after}\nbefore: {kinds}\nafter: {KindsOf(daemon)}");

        await daemon.KillAsync();
        daemon = await StartAsync();
        (await daemon.InvokeAsync("stays", "\"pass\"")).Succeeded();
        await CycleAsync(daemon, cycles + 1);
        Assert.Equal(still with { Descriptors = 0 }, await QuietAsync(daemon) with { Descriptors = 0 });
        await daemon.DisposeAsync();
        Assert.Equal(before, Left());
    }

    public void Dispose()
    {
        network?.Dispose();
        functions.Dispose();
    }

    private async Task<RunningDaemon> StartAsync()
    {
        var daemon = await RunningDaemon.StartInAsync(
            network!, functions, new Dictionary<string, string>(), "--isolation", "namespaces", "--ready", "2", "--all-cpus");
        daemons.Add(daemon.Pid);
        return daemon;
    }

    // A function that is gone takes its environments with it. Each of them leaves something behind that it could leave.
    private async Task CycleAsync(RunningDaemon daemon, int cycle)
    {
        var name = $"leaves{cycle + 100}";
        Attackers.Write(functions, name);
        (await daemon.InvokeAsync(name, """
            "open('/tmp/x', 'w').write('x' * 100000)\nif os.fork() == 0:\n os.setsid()\n if os.fork() == 0: time.sleep(1000)"
            """)).Succeeded();
        functions.Delete(name);

        // A look at its folder holds for a moment.
        await daemon.UntilAsync(async () => (await daemon.InvokeAsync(name, "\"pass\"")).Status == 404, $"{name} is gone");
    }

    /// <summary>As it is when nothing is being made or taken away.</summary>
    private async Task<Counts> QuietAsync(RunningDaemon daemon)
    {
        var (last, times) = (Counted(daemon), 0);
        await daemon.UntilAsync(
            async () =>
            {
                await Task.Delay(150, TestContext.Current.CancellationToken);
                var now = Counted(daemon);
                times = now == last ? times + 1 : 0;
                last = now;
                return times == 4 && (await daemon.EnvironmentsAsync()).Length == 1;
            },
            "nothing changes any more");
        return last;
    }

    private Counts Counted(RunningDaemon daemon) =>
        Left() with { Processes = daemon.ProcessesBelow, Descriptors = Descriptors(daemon).Count() };

    private static string KindsOf(RunningDaemon daemon) => string.Join(
        ", ", Descriptors(daemon).CountBy(kind => kind).OrderBy(kind => kind.Key).Select(kind => $"{kind.Key} {kind.Value}"));

    // A daemon that is not compiled ahead of time keeps each library that it has needed once.
    private static IEnumerable<string> Descriptors(RunningDaemon daemon) => Directory.GetFiles($"/proc/{daemon.Pid}/fd")
        .Select(file => new FileInfo(file).LinkTarget?.Split('[')[0] ?? "gone")
        .Where(kind => !kind.EndsWith(".dll", StringComparison.Ordinal));

    private Counts Left() => new(
        File.ReadLines("/proc/self/mountinfo").Count(line => line.Contains(functions.Data, StringComparison.Ordinal)),
        daemons.Sum(GroupsOf),
        network!.Shell("ip -o link; nft list tables").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length,
        Directory.GetDirectories("/sys/block", "loop*").Count(IsOurs),
        MarkedProcesses.With(functions.Mark).Count(),
        0);

    private static int GroupsOf(int daemon) =>
        Directory.Exists("/sys/fs/cgroup") ? FoldersBelow("/sys/fs/cgroup").Count(folder =>
            Path.GetFileName(folder).StartsWith(string.Create(CultureInfo.InvariantCulture, $"{daemon}-"), StringComparison.Ordinal)) : 0;

    private static IEnumerable<string> FoldersBelow(string folder)
    {
        string[] below;
        try
        {
            below = Directory.GetDirectories(folder);
        }
        catch (IOException)
        {
            yield break;
        }

        foreach (var one in below.Where(one => new DirectoryInfo(one).LinkTarget is null))
        {
            yield return one;
            foreach (var deeper in FoldersBelow(one))
                yield return deeper;
        }
    }

    private bool IsOurs(string device)
    {
        try
        {
            return File.ReadAllText(Path.Combine(device, "loop/backing_file")).Contains(functions.Data, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private sealed record Counts(int Mounts, int Groups, int Links, int LoopDevices, int Processes, int Descriptors);
}
