using Thaw.Daemon.Doctor;
using Thaw.Sandboxing.Cgroups;
using Thaw.Testing;

namespace Thaw.UnitTests.Daemon.Doctor;

public sealed class Checks_of_a_machine
{
    [Theory]
    [InlineData("6.1.0-13-amd64", Verdict.Pass)]
    [InlineData("5.4.0-150-generic", Verdict.Warn)]
    [InlineData("", Verdict.Warn)]
    public void Know_a_kernel_that_is_too_old(string release, Verdict verdict) =>
        Assert.Equal(verdict, Assert.Single(new KernelCheck(release).Look()).Verdict);

    [Theory]
    [InlineData("a /m cgroup rw,memory 0 0\nb /c cgroup rw,cpu,cpuacct 0 0\nc /p cgroup rw,pids 0 0", "v1, with memory, cpu, pids")]
    [InlineData("cgroup /c/memory cgroup rw,memory 0 0", "v1, without cpu, pids")]
    [InlineData("", "none, without memory, cpu, pids")]
    public void Know_which_control_groups_there_are(string mounts, string says) =>
        Assert.StartsWith(says, new CgroupsCheck(mounts).Look().First().Meaning, StringComparison.Ordinal);

    [Fact]
    public void Tell_which_limits_do_not_reach_the_daemon()
    {
        using var machine = new TemporaryFolder();
        machine.Write("cgroup.controllers", "cpu memory pids\n");
        machine.Write("own/cgroup.type", "domain\n");
        machine.Write("own/cgroup.controllers", "memory pids\n");
        machine.Write("own/memory.max", "1073741824\n");
        var ours = ControlGroups.In($"40 30 0:37 / {machine.Path} rw - cgroup2 cgroup2 rw\n", "0::/own\n");

        var findings = new CgroupsCheck($"cgroup2 {machine.Path} cgroup2 rw 0 0", ours).Look().ToList();

        Assert.StartsWith("v2, with memory, pids:", findings[0].Meaning, StringComparison.Ordinal);
        const string Without = "v2: functions go without a limit of cpu: The controller cpu does not reach the daemon's group";
        Assert.Equal(new Finding("cgroups", Verdict.Warn, Without, ControlGroups.Delegating), findings[1]);
        var none = Assert.Single(new CgroupsCheck("", ControlGroups.In("", "")).Look());
        Assert.Contains("not frozen", none.Meaning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cgroup /c/freezer cgroup rw,freezer 0 0", Verdict.Pass)]
    [InlineData("cgroup2 /nowhere cgroup2 rw 0 0", Verdict.Pass)]
    [InlineData("", Verdict.Warn)]
    public void Know_whether_there_is_a_freezer(string mounts, Verdict verdict) =>
        Assert.Equal(verdict, new CgroupsCheck(mounts).Look().Last().Verdict);

    [Fact]
    public void Say_what_keeps_a_plain_user_from_namespaces()
    {
        var finding = Assert.Single(new NamespacesCheck(isRoot: false, () => new("nobody gets any", "sysctl -w some=1")).Look());

        Assert.Equal((Verdict.Warn, "sysctl -w some=1"), (finding.Verdict, finding.Fix));
        Assert.EndsWith(": nobody gets any", finding.Meaning, StringComparison.Ordinal);
        Assert.Equal(Verdict.Pass, Assert.Single(new NamespacesCheck(isRoot: false, () => null).Look()).Verdict);
    }

    [Fact]
    public void Say_what_a_plain_user_goes_without()
    {
        Assert.Contains("memory", Assert.Single(new TmpCheck("/", isRoot: false).Look()).Meaning, StringComparison.Ordinal);
        Assert.Contains("loopback", Assert.Single(new NetworkCheck(isRoot: false).Look()).Meaning, StringComparison.Ordinal);
    }

    [Theory, InlineData("Version: 4.2\nGitID: v4.2", "4.2"), InlineData("Version: 3.17.1\n", "3.17.1"), InlineData("?", null)]
    public void Read_the_version_of_CRIU(string answer, string? version) =>
        Assert.Equal(version, Thaw.Sandboxing.Snapshots.Criu.VersionIn(answer)?.ToString());

    [Fact]
    public void Say_what_is_missing_of_CRIU() =>
        Assert.Contains("no snapshots", Assert.Single(new CriuCheck([null, "/nowhere/criu"]).Look()).Meaning, StringComparison.Ordinal);
}
