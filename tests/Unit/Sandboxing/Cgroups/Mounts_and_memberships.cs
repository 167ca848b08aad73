using Thaw.Sandboxing.Cgroups;

namespace Thaw.UnitTests.Sandboxing.Cgroups;

public sealed class Mounts_and_memberships
{
    private const string Hybrid = """
        22 26 0:21 / /sys rw,relatime - sysfs sysfs rw
        31 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 master:1 - cgroup cgroup rw,cpu,cpuacct
        39 30 0:36 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
        40 30 0:37 / /sys/fs/cgroup/uni\040fied ro,relatime - cgroup2 cgroup2 rw
        """;

    [Fact]
    public void Come_from_mountinfo()
    {
        var mounts = CgroupMount.Parse(Hybrid);

        Assert.Equal(["/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/uni fied"], mounts.Select(one => one.Folder));
        Assert.Equal([false, false, true], mounts.Select(mount => mount.IsUnified));
        Assert.Equal([false, false, true], mounts.Select(mount => mount.IsReadOnly));
        Assert.Contains("cpuacct", mounts[0].Options);
    }

    [Fact]
    public void Lead_to_the_folder_of_the_own_group()
    {
        var mounts = CgroupMount.Parse(Hybrid);
        var own = new Membership("9:name=systemd:/init.scope\n1:cpuacct,cpu:/a/b\n0::/c.slice/d:e\n");

        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct/a/b", own.FolderIn(mounts[0]));
        Assert.Equal("/sys/fs/cgroup/systemd/init.scope", own.FolderIn(mounts[1]));
        Assert.Equal("/sys/fs/cgroup/uni fied/c.slice/d:e", own.FolderIn(mounts[2]));
    }

    [Theory]
    [InlineData("/docker/1", "/docker/1", "/g")]
    [InlineData("/docker/1", "/docker/1/x", "/g/x")]
    [InlineData("/docker/1", "/docker/12", "/g")]
    [InlineData("/", "/../other", "/g")]
    [InlineData("/", "/", "/g")]
    public void Know_a_mount_that_shows_a_part(string root, string group, string folder) =>
        Assert.Equal(folder, new Membership($"0::{group}\n").FolderIn(new CgroupMount("/g", root, true, false, [])));

    [Fact]
    public void Are_the_mount_itself_for_who_is_in_no_group() =>
        Assert.Equal("/g", new Membership("").FolderIn(new CgroupMount("/g", "/", false, false, ["memory"])));
}
