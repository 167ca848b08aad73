using Thaw.Linux;

namespace Thaw.SystemTests.Up;

/// <summary>A control group in each hierarchy that belongs to a plain user, as an administrator delegates them; see cgroups(7).</summary>
internal sealed class DelegatedGroups : IDisposable
{
    private const string Root = "/sys/fs/cgroup";

    private readonly string[] folders;

    private DelegatedGroups(string[] folders) => this.folders = folders;

    /// <summary>A command that starts another one in them.</summary>
    public string[] Entering =>
    [
        "sh", "-c", string.Concat(folders.Select(folder => $"echo $$ > {folder}/cgroup.procs && ")) + "exec \"$@\"", "sh",
    ];

    public static DelegatedGroups To(uint user)
    {
        var name = $"thaw-test-{Guid.NewGuid():N}";
        string[] folders =
            [.. File.ReadAllLines("/proc/self/cgroup").Select(FolderOf).OfType<string>().Select(folder => $"{folder}/{name}")];
        Assert.SkipUnless(folders.Length > 0, "there are no control groups where they usually are");
        foreach (var folder in folders)
        {
            Directory.CreateDirectory(folder);
            foreach (var file in new[] { folder, $"{folder}/cgroup.procs", $"{folder}/cgroup.subtree_control", $"{folder}/tasks" })
                Assert.True(!Path.Exists(file) || Syscalls.fchownat(Syscalls.AT_FDCWD, file, user, user, 0) == 0, file);
        }

        return new(folders);
    }

    public void Dispose()
    {
        // The kernel removes no folder with others in it, and none with somebody in it.
        var all = folders.SelectMany(folder => Directory.GetDirectories(folder, "*", SearchOption.AllDirectories).Append(folder));
        foreach (var folder in all.OrderByDescending(folder => folder.Length))
            Assert.Equal(0, Syscalls.rmdir(folder));
    }

    // HIERARCHY:CONTROLLERS:PATH
    private static string? FolderOf(string membership)
    {
        var fields = membership.Split(':', 3);
        string[] places = fields[1].Length > 0 ? [$"{Root}/{fields[1]}"] : [$"{Root}/unified", Root];
        return fields[1] is "" or "memory" or "cpu" or "cpu,cpuacct" or "pids"
            ? places.Where(place => File.Exists($"{place}/cgroup.procs")).Select(place => place + fields[2].TrimEnd('/')).FirstOrDefault()
            : null;
    }
}
