using System.Globalization;
using Thaw.Linux;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Processes;
using Thaw.Testing;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing;

/// <summary>Processes that really outgrow their memory, and such that only look like it.</summary>
public sealed class Process_sandbox_memory
{
    private const int Megabyte = 1024 * 1024;

    // Comes to hold it within a second or so, tells that it does, and goes on holding it.
    private static string Hold(int megabytes) => $"""
        import os, time
        held = []
        for _ in range({megabytes}):
            held.append(bytearray(b'x' * {Megabyte}))
            time.sleep(0.002)
        os.write(1, b'%d\n' % os.getpid())
        time.sleep(1000)
        """;

    [Fact]
    public async Task That_is_outgrown_costs_the_largest_process_its_life()
    {
        using var watch = new MemoryWatch(TimeProvider.System);
        await using var sandbox = await NewBoundSandboxAsync(watch, 100);
        var (small, large) = (new Collected(), new Collected());
        var first = await sandbox.StartAsync(Python(Hold(20), small));
        await PrintedPidsAsync(small, 1);
        var second = await sandbox.StartAsync(Python(Hold(2000), large));

        Assert.Equal(new ExitStatus(0, Syscalls.SIGKILL, OutOfMemory: true), await second.Exited.InTimeAsync());
        Assert.Empty(large.Lines);
        Assert.True(IsAlive(first.Pid));
        Assert.True(sandbox.PeakMemoryBytes() > 100 * Megabyte);

        // There is room again.
        var third = new Collected();
        await sandbox.StartAsync(Python(Hold(20), third));
        await PrintedPidsAsync(third, 1);
    }

    [Fact]
    public async Task Is_counted_for_all_descendants_together()
    {
        using var watch = new MemoryWatch(TimeProvider.System);
        await using var sandbox = await NewBoundSandboxAsync(watch, 100);
        var output = new Collected();
        var process = await sandbox.StartAsync(Python("import os\nos.fork()\nos.fork()\n" + Hold(80), output));

        // Of the four, those that survive fit into it. Others may have got as far before somebody looked.
        await EventuallyAsync(
            () => ProcessTree.DescendantsOf(sandbox.AgentPid).Where(IsAlive).ToList() is [var survivor] && HasPrinted(survivor), "one");
        Assert.True(IsAlive(process.Pid) || (await process.Exited.InTimeAsync()).OutOfMemory);

        bool HasPrinted(int pid) => output.Lines.Contains(pid.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task That_suffices_is_left_alone()
    {
        using var watch = new MemoryWatch(TimeProvider.System);
        await using var bound = await NewBoundSandboxAsync(watch, 200);
        await using var unbound = await NewSandboxAsync();
        var (output, more) = (new Collected(), new Collected());
        var process = await bound.StartAsync(Python(Hold(60), output));
        var hog = await unbound.StartAsync(Python(Hold(400), more));
        await PrintedPidsAsync(output, 1);
        await PrintedPidsAsync(more, 1);

        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.True(IsAlive(process.Pid) && IsAlive(hog.Pid));
        Assert.False(process.Exited.IsCompleted);
    }

    [Theory]
    [InlineData("somebody kills it", 1, true)]
    [InlineData("somebody kills it", 0, false)]
    [InlineData("we kill it", 1, false)]
    [InlineData("we kill everybody", 1, false)]
    [InlineData("it is terminated", 1, false)]
    public async Task Is_to_blame_for_a_kill_when_the_kernel_says_so_and_nobody_else_did_it(string how, int kills, bool blamed)
    {
        using var folder = new TemporaryFolder();
        var count = folder.Write("memory.events", "oom 3\noom_kill 2\noom_group_kill 0\n");
        await using var sandbox = await ProcessSandbox.CreateAsync(new() { KernelKills = new KernelKills(count) });
        var process = await sandbox.StartAsync(Shell("sleep 1000", new Collected()));
        folder.Write("memory.events", $"oom 3\noom_kill {2 + kills}\noom_group_kill 0\n");
        switch (how)
        {
            case "somebody kills it":
                _ = Syscalls.kill(process.Pid, Syscalls.SIGKILL);
                break;
            case "we kill it":
                process.Signal(Syscalls.SIGKILL);
                break;
            case "we kill everybody":
                await sandbox.KillAllAsync(Patience);
                break;
            default:
                process.Signal(Syscalls.SIGTERM);
                break;
        }

        Assert.Equal(blamed, (await process.Exited.InTimeAsync()).OutOfMemory);
    }

    [Fact]
    public void Kills_of_the_kernel_are_0_where_it_does_not_count_them()
    {
        Assert.True(KernelKills.Here.Count() >= 0);
        Assert.Equal(0, new KernelKills("/proc/version").Count());
        Assert.Equal(0, new KernelKills("/nowhere").Count());
    }

    private static async Task<ProcessSandbox> NewBoundSandboxAsync(MemoryWatch watch, int megabytes)
    {
        var sandbox = await ProcessSandbox.CreateAsync(new() { MemoryWatch = watch, DestroyLimit = Patience });
        sandbox.HoldTo(megabytes * (long)Megabyte);
        return sandbox;
    }
}
