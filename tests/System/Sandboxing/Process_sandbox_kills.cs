using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Thaw.Linux;
using Thaw.Linux.AgentProtocol;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Agents;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing;

public sealed class Process_sandbox_kills
{
    [Fact]
    public async Task A_whole_process_group_by_one_signal()
    {
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();
        var process = await sandbox.StartAsync(Shell("sleep 1000 & echo $!; echo $$; wait", output));
        var pids = await PrintedPidsAsync(output, 2);

        process.Signal(Syscalls.SIGTERM);

        Assert.Equal(new(0, Syscalls.SIGTERM), await process.Exited.InTimeAsync());
        await EventuallyAsync(() => !pids.Any(Exists), "both gone and reaped");
        process.Signal(Syscalls.SIGTERM);
    }

    [Fact]
    public async Task Every_fugitive_and_goes_on_serving()
    {
        await using var sandbox = await NewSandboxAsync();
        for (var generation = 0; generation < 3; generation++)
        {
            var output = new Collected();
            var process = await sandbox.StartAsync(Python(Fugitives, output));
            var pids = await PrintedPidsAsync(output, FugitiveCount);
            Assert.All(pids, pid => Assert.True(IsAlive(pid)));

            await sandbox.KillAllAsync(Patience);

            Assert.DoesNotContain(pids, Exists);
            Assert.Equal(new ExitStatus(0, Syscalls.SIGKILL), await process.Exited);
        }
    }

    [Fact]
    public async Task Every_fugitive_when_it_is_disposed()
    {
        var sandbox = await NewSandboxAsync();
        var output = new Collected();
        var process = await sandbox.StartAsync(Python(Fugitives, output));
        var pids = await PrintedPidsAsync(output, FugitiveCount);

        await sandbox.DisposeAsync();
        await sandbox.DisposeAsync();

        Assert.DoesNotContain(pids, Exists);
        Assert.False(Exists(sandbox.AgentPid));
        Assert.Equal(new ExitStatus(0, Syscalls.SIGKILL), await process.Exited);
        Assert.False(sandbox.Broken.IsCompleted);
        await Assert.ThrowsAsync<SandboxException>(() => sandbox.StartAsync(Shell("true", output)));
        await Assert.ThrowsAsync<SandboxException>(() => sandbox.KillAllAsync(Patience));
    }

    [Fact]
    public async Task Children_that_fork_faster_than_they_are_looked_at()
    {
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();

        // Each generation forks the next and exits, from a session of its own; meanwhile a herd grows.
        await sandbox.StartAsync(Python(
            """
            import os, time
            for chain in range(4):
                if os.fork() == 0:
                    for generation in range(2000):
                        os.setsid()
                        if os.fork() != 0:
                            os._exit(0)
                    time.sleep(1000)
            for generation in range(6):
                os.fork()
            os.write(1, b"%d\n" % os.getpid())
            time.sleep(1000)
            """,
            output));
        await PrintedPidsAsync(output, 64);

        await sandbox.KillAllAsync(Patience);

        Assert.Empty(ProcessTree.DescendantsOf(sandbox.AgentPid));
    }

    [Fact]
    public async Task And_passes_on_what_was_written_until_then()
    {
        var sandbox = await NewSandboxAsync();
        var output = new Collected();
        await sandbox.StartAsync(Shell("(echo $$; sleep 1000) & exit 0", output));
        await PrintedPidsAsync(output, 1);
        var last = new Collected();
        var shortLived = await sandbox.StartAsync(Python(
            """
            import os, time
            if os.fork() == 0:
                os.write(1, b"x" * 50000)
                time.sleep(1000)
            time.sleep(0.2)
            """,
            last));
        await shortLived.Exited.InTimeAsync();

        await sandbox.DisposeAsync();

        Assert.Equal(50_000, last.Stdout.Length);
    }

    [Fact]
    public async Task Nobody_when_there_is_nobody()
    {
        await using var sandbox = await NewSandboxAsync();

        await sandbox.KillAllAsync(Patience);
        await Task.WhenAll(sandbox.KillAllAsync(Patience), sandbox.KillAllAsync(Patience));
    }

    [Fact]
    public async Task Orphans_are_reaped_while_it_serves()
    {
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();
        var process = await sandbox.StartAsync(Shell("(sh -c 'echo $$; sleep 0.1' &); exit 0", output));
        await process.Exited.InTimeAsync();
        var pids = await PrintedPidsAsync(output, 1);

        await EventuallyAsync(() => !pids.Any(Exists), "the orphan reaped");
    }

    [Fact]
    public async Task Everything_when_the_daemon_is_killed()
    {
        var (daemon, pids) = await StartDoomedDaemonAsync();
        using (daemon)
        {
            daemon.Kill();
            await daemon.WaitForExitAsync(TestContext.Current.CancellationToken);
            await EventuallyAsync(() => !pids.Any(IsAlive), "no orphan");
        }
    }

    [Fact]
    public async Task Everything_though_terminal_and_system_signal_the_agent_first()
    {
        await using var sandbox = await NewSandboxAsync();
        Assert.Equal(new(0, 0), await (await sandbox.StartAsync(Shell("true", new Collected()))).Exited.InTimeAsync());
        foreach (var signal in (int[])[Syscalls.SIGHUP, Syscalls.SIGINT, Syscalls.SIGQUIT, Syscalls.SIGTERM])
            Assert.Equal(0, Syscalls.kill(sandbox.AgentPid, signal));

        Assert.Equal(new(0, 0), await (await sandbox.StartAsync(Shell("true", new Collected()))).Exited.InTimeAsync());
    }

    [Fact]
    public async Task Everything_though_the_agent_was_stopped()
    {
        var sandbox = await NewSandboxAsync();
        var output = new Collected();
        await sandbox.StartAsync(Python(Fugitives, output));
        var pids = await PrintedPidsAsync(output, FugitiveCount);
        Assert.Equal(0, Syscalls.kill(sandbox.AgentPid, Syscalls.SIGSTOP));

        await sandbox.KillAllAsync(Patience);
        Assert.DoesNotContain(pids, Exists);

        Assert.Equal(0, Syscalls.kill(sandbox.AgentPid, Syscalls.SIGSTOP));
        await sandbox.DisposeAsync();
        Assert.False(Exists(sandbox.AgentPid));
    }

    [Fact]
    public async Task And_says_so_when_that_takes_too_long()
    {
        var sandbox = await NewSandboxAsync();
        var output = new Collected();
        await sandbox.StartAsync(Python(Fugitives, output));
        var pids = await PrintedPidsAsync(output, FugitiveCount);

        var stuck = await Assert.ThrowsAsync<SandboxException>(() => sandbox.KillAllAsync(TimeSpan.Zero));
        Assert.Contains("0 ms", stuck.Message, StringComparison.Ordinal);
        await sandbox.DisposeAsync();

        Assert.DoesNotContain(pids, Exists);
    }

    [Fact]
    public async Task Everything_when_nobody_can_take_the_output()
    {
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();
        await sandbox.StartAsync(Python(Fugitives, output));
        var pids = await PrintedPidsAsync(output, FugitiveCount);

        var talker = await sandbox.StartAsync(Shell("echo; sleep 1000", new FullDisk()));

        await sandbox.Broken.InTimeAsync();
        Assert.DoesNotContain(pids.Append(talker.Pid), Exists);
        var refusal = await Assert.ThrowsAsync<SandboxException>(() => sandbox.StartAsync(Shell("true", output)));
        Assert.Contains("full disk", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_when_the_daemon_talks_nonsense()
    {
        // The agent alone, with a link of our own: what it says of nonsense goes to the test's standard error.
        var (ours, theirs) = FileDescriptor.SocketPair();
        using var end = theirs;
        using var socket = new Socket(new SafeSocketHandle(ours.Number, ownsHandle: true));
        var agent = AgentProgram.Find();
        var spawn = new Spawn
        {
            Path = agent.Path,
            Arguments = [agent.Path, .. agent.Arguments],
            Environment = [],
            NewSession = true,
            Descriptors = [(end.Number, 3)],
        };
        Assert.Equal(0, spawn.TryStart(out var pid));
        var queue = new ByteQueue();
        new StartBody(1, "/bin/sleep", "/", 0, ["sleep", "1000"], []).WriteTo(queue);
        await socket.SendAsync(queue.Memory, TestContext.Current.CancellationToken);
        await EventuallyAsync(() => ProcessTree.DescendantsOf(pid).Count == 1, "one descendant");
        var child = ProcessTree.DescendantsOf(pid)[0];

        await socket.SendAsync(new byte[] { 2, 0, 0, 0, 99, 0 }, TestContext.Current.CancellationToken);

        await EventuallyAsync(() => Syscalls.waitpid(pid, out _, Syscalls.WNOHANG) == pid, "the agent's end");
        Assert.False(Exists(child));
        ours.SetHandleAsInvalid();
    }

    [Fact]
    public async Task What_the_agent_leaves_behind_when_it_is_killed_itself()
    {
        await using var sandbox = await NewSandboxAsync();
        var output = new Collected();

        // One in a session of its own (below its parent), one orphan (in the agent's session), and the process itself.
        var process = await sandbox.StartAsync(Shell("setsid sleep 1000 & echo $!; (sleep 1000 & echo $!); echo $$; wait", output));
        var pids = await PrintedPidsAsync(output, 3);

        Assert.Equal(0, Syscalls.kill(sandbox.AgentPid, Syscalls.SIGKILL));

        await sandbox.Broken.InTimeAsync();
        Assert.True(process.Exited.IsCompleted);
        Assert.Equal(new ExitStatus(0, Syscalls.SIGKILL) { SandboxBroke = true }, await process.Exited);
        await EventuallyAsync(() => !pids.Any(IsAlive), "nobody left");
        await Assert.ThrowsAsync<SandboxException>(() => sandbox.StartAsync(Shell("true", output)));
    }

    [Fact]
    public async Task And_leaves_nothing_of_many_sandboxes()
    {
        // The first makes what the runtime keeps: pipes, threads, sockets.
        await LiveAsync();
        var (descriptors, threads) = (Descriptors(), Process.GetCurrentProcess().Threads.Count);
        List<int> pids = [];
        for (var i = 0; i < (Environment.GetEnvironmentVariable("THAW_TEST_FULL") == "1" ? 100 : 25); i++)
            pids.AddRange(await LiveAsync());

        Assert.DoesNotContain(pids, Exists);
        await EventuallyAsync(() => Descriptors() <= descriptors + 5, $"{descriptors} descriptors again, not {Descriptors()}");
        Assert.True(Process.GetCurrentProcess().Threads.Count <= threads + 20, "no thread per sandbox");

        static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;

        static async Task<int[]> LiveAsync()
        {
            await using var sandbox = await NewSandboxAsync();
            var process = await sandbox.StartAsync(Shell("sleep 1000 & wait", new Collected()));
            return [sandbox.AgentPid, process.Pid];
        }
    }

    private sealed class FullDisk : IProcessOutput
    {
        public void Write(OutputStream stream, ReadOnlySpan<byte> bytes) => throw new IOException("full disk");
    }

    /// <summary>
    /// Starts a daemon of its own whose sandbox is full of fugitives; returns it and all processes that must vanish with it.
    /// </summary>
    private static async Task<(Process Daemon, List<int> Pids)> StartDoomedDaemonAsync()
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "Thaw.DoomedDaemon.dll");
        string[] arguments = [assembly, $"exec /usr/bin/python3 -I -S -c '{Fugitives}'"];
        var daemon = Process.Start(new ProcessStartInfo(AgentProgram.DotnetHost(), arguments) { RedirectStandardOutput = true })!;
        List<int> pids = [];
        while (pids.Count < FugitiveCount)
        {
            var line = await daemon.StandardOutput.ReadLineAsync().InTimeAsync();
            Assert.NotNull(line);
            if (!line.StartsWith("daemon", StringComparison.Ordinal))
                pids.Add(int.Parse(line, CultureInfo.InvariantCulture));
        }

        var below = ProcessTree.DescendantsOf(daemon.Id);
        Assert.Subset(below.ToHashSet(), pids.ToHashSet());
        return (daemon, below);
    }
}
