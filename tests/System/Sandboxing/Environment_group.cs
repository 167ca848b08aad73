using System.Diagnostics;
using System.Globalization;
using Thaw.Linux;
using Thaw.Sandboxing.Cgroups;
using static Thaw.SystemTests.Sandboxing.SandboxWords;

namespace Thaw.SystemTests.Sandboxing;

/// <summary>Real groups of real processes, as far as this machine has what they need.</summary>
public sealed class Environment_group : IAsyncDisposable
{
    private const long Megabyte = 1024 * 1024;

    private static readonly GroupLimits Plenty = new(512 * Megabyte, Cpus: 4, Processes: 1024);

    private readonly ControlGroups groups = ControlGroups.Find();

    public async ValueTask DisposeAsync() => await groups.CloseAsync();

    [Fact, Trait("Spec", "ENV-013")]
    public async Task Stands_still_while_it_is_frozen_and_goes_on_where_it_was()
    {
        var group = Create(Plenty);
        Assert.SkipUnless(group.CanFreeze, "no freezer here");
        using var busy = GroupedProcess.Python(group, "import sys\nprint('begun', flush=True)\nn = 0\nwhile True: n += 1");
        await busy.ReadLineAsync();

        await group.FreezeAsync().AsTask().InTimeAsync();
        var used = CpuTime(busy.Pid);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal(used, CpuTime(busy.Pid));

        group.Thaw();
        await EventuallyAsync(() => CpuTime(busy.Pid) > used, "it goes on");
    }

    [Fact]
    public async Task Is_thawed_when_that_was_asked_for_last()
    {
        var group = Create(Plenty);
        Assert.SkipUnless(group.CanFreeze, "no freezer here");
        using var echo = GroupedProcess.Python(
            group, "import time\nprint('begun', flush=True)\nwhile True:\n time.sleep(0.001)\n print('on', flush=True)");
        await echo.ReadLineAsync();
        for (var round = 0; round < 200; round++)
        {
            var freezing = group.FreezeAsync().AsTask();
            if (round % 2 == 0)
                await freezing.InTimeAsync();
            group.Thaw();
            await freezing.InTimeAsync();
            await echo.ReadLineAsync();
        }
    }

    [Fact]
    public async Task That_wants_more_memory_than_it_may_have_loses_a_process_and_counts_it()
    {
        RequireController(Controller.Memory);
        var group = Create(Plenty with { MemoryBytes = 64 * Megabyte });
        using var small = GroupedProcess.Start(group, "/bin/sleep", "1000");
        using var bomb = GroupedProcess.Python(group, "held = []\nwhile True: held.append(bytearray(b'x' * 1048576))");

        Assert.Equal(128 + Syscalls.SIGKILL, await bomb.ExitAsync());
        Assert.Equal(1, group.OutOfMemoryKills());
        Assert.Equal(1, group.KernelKills.Count());
        Assert.InRange(group.PeakMemoryBytes(), 32 * Megabyte, 65 * Megabyte);
        Assert.True(IsAlive(small.Pid));
    }

    [Fact]
    public async Task Has_no_more_processes_than_it_may_have()
    {
        RequireController(Controller.Pids);
        var group = Create(Plenty with { Processes = 20 });
        using var bomb = GroupedProcess.Python(group, """
            import os, time
            children = 0
            try:
                while children < 200:
                    if os.fork() == 0:
                        time.sleep(1000)
                    children += 1
            except OSError:
                pass
            print(children, flush=True)
            time.sleep(1000)
            """);

        Assert.Equal("19", await bomb.ReadLineAsync());
        Assert.Equal(20, group.Processes().Count);
        await group.RemoveAsync(Patience);
    }

    [Fact]
    public async Task Has_no_more_of_the_processors_than_its_share()
    {
        RequireController(Controller.Cpu);
        var group = Create(Plenty with { Cpus = 0.2 });
        using var busy = GroupedProcess.Python(group, "print('begun', flush=True)\nwhile True: pass");
        await busy.ReadLineAsync();

        var (used, since) = (CpuTime(busy.Pid), Stopwatch.GetTimestamp());
        await Task.Delay(1_500, TestContext.Current.CancellationToken);
        var ticks = CpuTime(busy.Pid) - used;
        var share = ticks / 100.0 / Stopwatch.GetElapsedTime(since).TotalSeconds;

        // Not more; less, where the machine has other things to do.
        Assert.InRange(share, 0.02, 0.27);
    }

    [Fact]
    public async Task Is_removed_with_everyone_in_it_frozen_or_not()
    {
        foreach (var frozen in new[] { false, true })
        {
            var group = Create(Plenty);
            using var stubborn = GroupedProcess.Python(group, SandboxWords.Fugitives);
            for (var line = 0; line < FugitiveCount; line++)
                await stubborn.ReadLineAsync();

            // Whoever has begun another one and left may still be on his way out.
            while (group.Processes().Count > FugitiveCount)
                await Task.Delay(1, TestContext.Current.CancellationToken);
            var pids = group.Processes();
            Assert.Equal(FugitiveCount, pids.Count);
            if (frozen)
                await group.FreezeAsync().AsTask().InTimeAsync();

            await group.RemoveAsync(Patience);
            Assert.DoesNotContain(pids, IsAlive);
            Assert.Empty(Folders($"{Environment.ProcessId}-*"));
            await group.RemoveAsync(Patience);
        }
    }

    [Fact]
    public async Task Whose_daemon_is_dead_is_swept_away_and_those_of_the_living_stay()
    {
        var mine = Create(Plenty);
        using var child = GroupedProcess.Start(mine, "/bin/sleep", "1000");

        // As if somebody had made it who is gone: process 1 was not started at tick 1.
        var dead = GroupName.Ours("left") with { Owner = 1, OwnerStart = 1 };
        foreach (var hierarchy in groups.Hierarchies)
            hierarchy.Make(dead);
        var left = groups.Hierarchies.Select(hierarchy => hierarchy.FolderOf(dead)).ToList();
        using var orphan = Process.Start(new ProcessStartInfo("/bin/sleep", "1000"))!;
        foreach (var folder in left)
            GroupFile.Write(folder, "cgroup.procs", orphan.Id.ToString(CultureInfo.InvariantCulture));
        if (UnifiedFreezer.IsIn(left[^1]))
            GroupFile.Write(left[^1], "cgroup.freeze", "1");

        Assert.Equal(1, await groups.SweepAsync());
        Assert.False(IsAlive(orphan.Id));
        Assert.DoesNotContain(left, Directory.Exists);
        Assert.True(IsAlive(child.Pid));
        Assert.NotEmpty(Folders("*test*"));

        await groups.CloseAsync();
        Assert.Empty(Folders($"{Environment.ProcessId}-*"));
    }

    [Fact]
    public async Task Whose_daemon_was_in_another_group_is_swept_away_too()
    {
        Create(Plenty);
        var other = $"other-{Guid.NewGuid():N}";
        var name = $"{GroupName.Ours("left") with { Owner = 1, OwnerStart = 1 }}";
        var living = $"{GroupName.Ours("here")}";
        var unseen = $"{GroupName.Ours("left") with { Owner = 1, OwnerStart = 1, Namespace = 1 }}";
        using var orphan = Process.Start(new ProcessStartInfo("/bin/sleep", "1000"))!;
        var others = groups.Hierarchies.Select(hierarchy => Path.Combine(hierarchy.Base, other)).ToList();
        try
        {
            foreach (var parent in others.Select(folder => Path.Combine(folder, "thaw")))
            {
                foreach (var folder in new[] { name, living, unseen })
                    Directory.CreateDirectory(Path.Combine(parent, folder));
                GroupFile.Write(Path.Combine(parent, name), "cgroup.procs", orphan.Id.ToString(CultureInfo.InvariantCulture));
            }

            Assert.Equal(1, await groups.SweepAsync());
            Assert.False(IsAlive(orphan.Id));
            Assert.All(others, folder => Assert.Equal(
                new[] { living, unseen }.Order(),
                Directory.GetDirectories(Path.Combine(folder, "thaw")).Select(Path.GetFileName).Order()));
        }
        finally
        {
            foreach (var folder in others)
            {
                foreach (var left in new[] { $"thaw/{name}", $"thaw/{living}", $"thaw/{unseen}", "thaw", "" })
                    _ = Syscalls.rmdir(Path.Combine(folder, left));
            }
        }
    }

    private EnvironmentGroup Create(GroupLimits limits)
    {
        Assert.SkipWhen(groups.WhyNot is not null, groups.WhyNot ?? "");
        return groups.Create("test", limits);
    }

    private void RequireController(Controller controller) =>
        Assert.SkipWhen(groups.Missing.FirstOrDefault(one => one.Controller == controller) is { }, "no such controller here");

    private List<string> Folders(string pattern) =>
    [
        .. groups.Hierarchies.Select(hierarchy => Path.Combine(hierarchy.Base, "thaw")).Where(Directory.Exists)
            .SelectMany(parent => Directory.GetDirectories(parent, pattern)),
    ];

    // utime and stime, in hundredths of a second.
    private static long CpuTime(int pid)
    {
        var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
