using System.Globalization;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Cgroups;
using Thaw.Testing;

namespace Thaw.UnitTests.Sandboxing.Cgroups;

/// <summary>Machines of all kinds, for which folders stand: what is found there, and what would be said to the kernel.</summary>
public sealed class Control_groups : IDisposable
{
    private static readonly GroupLimits Limits = new(1769L * 1024 * 1024, Cpus: 1, Processes: 1024);

    private readonly TemporaryFolder machine = new();

    public void Dispose() => machine.Dispose();

    [Fact]
    public void Of_version_2_have_one_folder_with_all_limits()
    {
        machine.Write("u/cgroup.controllers", "cpuset cpu io memory hugetlb pids rdma\n");
        var groups = ControlGroups.In(Unified(), "0::/\n");

        Assert.Null(groups.WhyNot);
        Assert.Empty(groups.Missing);
        groups.Create("e", Limits);

        var folder = Assert.Single(Directory.GetDirectories(machine.Path + "/u/thaw"));
        Assert.EndsWith(".e", folder, StringComparison.Ordinal);
        Assert.Equal("1854930944", Text(folder, "memory.max"));
        Assert.Equal("0", Text(folder, "memory.swap.max"));
        Assert.Equal("20000 20000", Text(folder, "cpu.max"));
        Assert.Equal("1024", Text(folder, "pids.max"));
    }

    [Fact]
    public void Of_version_1_have_a_folder_for_each_controller()
    {
        var mounts = Legacy("cpu,cpuacct") + Legacy("memory") + Legacy("pids") + Legacy("freezer") + Legacy("name=systemd");
        var groups = ControlGroups.In(mounts, "3:memory:/own\n2:cpu,cpuacct:/\n1:pids:/\n4:freezer:/\n");

        Assert.Null(groups.WhyNot);
        Assert.Empty(groups.Missing);
        Assert.True(groups.CanFreeze);
        groups.Create("e", Limits with { Cpus = 128 / 1769.0 });

        Assert.Equal("1854930944", Text(Only("memory/own"), "memory.limit_in_bytes"));
        Assert.Equal("1854930944", Text(Only("memory/own"), "memory.memsw.limit_in_bytes"));
        Assert.Equal("20000", Text(Only("cpu,cpuacct"), "cpu.cfs_period_us"));
        Assert.Equal("1447", Text(Only("cpu,cpuacct"), "cpu.cfs_quota_us"));
        Assert.Equal("1024", Text(Only("pids"), "pids.max"));
        Assert.True(Directory.Exists(Only("freezer")));
        Assert.False(Directory.Exists(machine.Path + "/name=systemd/thaw"));
    }

    [Fact]
    public void Of_both_limit_by_version_1_and_freeze_by_version_2()
    {
        machine.Write("u/cgroup.controllers", "hugetlb\n");
        var groups = ControlGroups.In(Legacy("memory") + Legacy("freezer") + Unified(), "4:memory:/\n0::/\n");

        Assert.True(groups.CanFreeze);
        Assert.Equal([false, true], groups.Hierarchies.Select(hierarchy => hierarchy.IsUnified));
        Assert.Equal([Controller.Cpu, Controller.Pids], groups.Missing.Select(missing => missing.Controller!.Value));
        Assert.Contains("mount -t cgroup -o pids none", groups.Missing[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Lie_below_the_own_group_after_the_daemon_has_moved_aside()
    {
        Delegated("u/own", procs: Environment.ProcessId);

        Assert.Equal(machine.Path + "/u/own", ControlGroups.In(Unified(), "0::/own\n").Hierarchies[0].Base);
        Assert.True(BaseOf("/own").MovesAside);
    }

    [Fact]
    public void Lie_above_a_group_that_the_daemon_shares()
    {
        Delegated("u/user", handsOn: "memory pids cpu");
        Delegated("u/user/session", procs: Environment.ProcessId, others: "1\n");

        Assert.Equal((machine.Path + "/u/user", false), (BaseOf("/user/session").Folder, BaseOf("/user/session").MovesAside));
    }

    [Fact]
    public void Do_not_escape_the_memory_limit_of_a_group_that_the_daemon_shares()
    {
        Delegated("u/service", procs: Environment.ProcessId, others: "1\n");
        machine.Write("u/service/memory.max", "1073741824\n");
        var groups = ControlGroups.In(Unified(), "0::/service\n");

        Assert.Contains("Delegate=yes", groups.WhyNot, StringComparison.Ordinal);
        Assert.Equal(groups.WhyNot, Assert.Throws<SandboxException>(() => groups.Create("e", Limits)).Message);
    }

    [Fact]
    public void Go_without_a_controller_that_does_not_reach_them()
    {
        machine.Write("u/cgroup.controllers", "cpu memory pids\n");
        Delegated("u/own", controllers: "memory pids");
        machine.Write("u/own/memory.max", "1073741824\n");

        var missing = Assert.Single(ControlGroups.In(Unified(), "0::/own\n").Missing);
        Assert.Equal(Controller.Cpu, missing.Controller);
        Assert.Contains("does not reach", missing.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Lie_above_a_group_that_does_not_get_all_controllers()
    {
        // As a session of systemd's is, where nobody has asked for shares of the processors.
        machine.Write("u/cgroup.controllers", "cpu memory pids\n");
        Delegated("u/slice", controllers: "memory pids");
        Delegated("u/slice/session", procs: Environment.ProcessId, others: "1\n", controllers: "memory pids");
        Delegated("u/bare", procs: Environment.ProcessId, others: "1\n", controllers: "");

        foreach (var own in (string[])["/slice/session", "/bare"])
        {
            Assert.Equal(machine.Path + "/u", BaseOf(own).Folder);
            Assert.Empty(ControlGroups.In(Unified(), $"0::{own}\n").Missing);
        }

        foreach (var (file, limit) in (ValueTuple<string, string>[])[("memory.high", "9"), ("cpu.max", "9 9"), ("cpuset.cpus", "0")])
        {
            Delegated("u/" + file, controllers: "memory pids");
            machine.Write($"u/{file}/{file}", limit + "\n");
            Assert.Equal(machine.Path + "/u/" + file, BaseOf("/" + file).Folder);
        }
    }

    [Fact]
    public void Go_without_a_controller_that_the_kernel_does_not_have()
    {
        machine.Write("u/cgroup.controllers", "cpu pids\n");

        var missing = Assert.Single(ControlGroups.In(Unified(), "0::/\n").Missing);
        Assert.Contains("The kernel has no controller memory", missing.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Cannot_be_made_where_nothing_is_mounted_or_all_is_read_only()
    {
        Assert.Contains("mount -t cgroup2", ControlGroups.In("", "").WhyNot, StringComparison.Ordinal);

        machine.Write("u/cgroup.controllers", "cpu memory pids\n");
        var whyNot = ControlGroups.In(Unified(options: "ro"), "0::/\n").WhyNot;
        Assert.Contains("read-only", whyNot, StringComparison.Ordinal);
    }

    [Fact]
    public void Keep_the_peak_that_was_seen_where_the_kernel_keeps_none()
    {
        var account = new MemoryAccount(machine.Path, isUnified: true);
        machine.Write("memory.current", "3000\n");
        Assert.Equal(3000, account.PeakBytes());
        machine.Write("memory.current", "2000\n");
        Assert.Equal(3000, account.PeakBytes());
        machine.Write("memory.peak", "5000\n");
        Assert.Equal(5000, account.PeakBytes());
    }

    [Theory]
    [InlineData(true, "memory.events", "low 0\noom 2\noom_kill 2\noom_group_kill 0\n")]
    [InlineData(false, "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")]
    public void Count_whom_the_kernel_kills_in_either_version(bool isUnified, string file, string text)
    {
        machine.Write(file, text);
        Assert.Equal(2, new MemoryAccount(machine.Path, isUnified).Kills.Count());
    }

    private UnifiedBase BaseOf(string own) =>
        UnifiedBase.Find(CgroupMount.Parse(Unified())[0], new Membership($"0::{own}\n"), ControllerNames.All);

    private void Delegated(
        string folder, int? procs = null, string others = "", string handsOn = "", string controllers = "cpu memory pids")
    {
        machine.Write($"{folder}/cgroup.type", "domain\n");
        machine.Write($"{folder}/cgroup.controllers", controllers + "\n");
        machine.Write($"{folder}/cgroup.subtree_control", handsOn + "\n");
        machine.Write($"{folder}/cgroup.procs", procs is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{procs}\n{others}"));
        machine.Write($"{folder}/memory.max", "max\n");
    }

    private string Unified(string options = "rw") => $"40 30 0:37 / {Folder("u")} {options},relatime - cgroup2 cgroup2 rw\n";

    private string Legacy(string controllers) => $"31 30 0:28 / {Folder(controllers)} rw,relatime - cgroup cgroup rw,{controllers}\n";

    private string Folder(string name)
    {
        Directory.CreateDirectory($"{machine.Path}/{name}/own");
        return $"{machine.Path}/{name}";
    }

    private string Only(string hierarchy) => Assert.Single(Directory.GetDirectories($"{machine.Path}/{hierarchy}/thaw"));

    private static string Text(string folder, string file) => File.ReadAllText(Path.Combine(folder, file));
}
