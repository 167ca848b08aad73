using System.Globalization;
using System.Runtime.InteropServices;
using Thaw.Linux;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>The folder of one group in one hierarchy, and the controllers that it has there.</summary>
internal sealed record GroupFolder(string Path, bool IsUnified, IReadOnlyList<Controller> Controllers)
{
    /// <summary>Lambda's period, or one like it: short enough that a wait for the next one is no pause that anybody feels.</summary>
    private const int PeriodMicroseconds = 20_000;

    // The kernel's.
    private const int LeastQuotaMicroseconds = 1_000;

    private const string Procs = "cgroup.procs";

    public void LimitCpu(double cpus)
    {
        var quota = Math.Max(LeastQuotaMicroseconds, (long)Math.Round(cpus * PeriodMicroseconds));
        if (IsUnified)
        {
            GroupFile.Write(Path, "cpu.max", string.Create(CultureInfo.InvariantCulture, $"{quota} {PeriodMicroseconds}"));
        }
        else
        {
            GroupFile.Write(Path, "cpu.cfs_period_us", PeriodMicroseconds.ToString(CultureInfo.InvariantCulture));
            GroupFile.Write(Path, "cpu.cfs_quota_us", quota.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Nothing happens where the group is gone.</summary>
    public void LiftCpu() =>
        _ = IsUnified ? GroupFile.TryWrite(Path, "cpu.max", "max") : GroupFile.TryWrite(Path, "cpu.cfs_quota_us", "-1");

    public void LimitProcesses(int count) => GroupFile.Write(Path, "pids.max", count.ToString(CultureInfo.InvariantCulture));

    public void Add(int pid) => GroupFile.Write(Path, Procs, pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Kills everyone inside, at once where the kernel can (5.14, version 2), else whom it lists now.</summary>
    public void Kill()
    {
        if (File.Exists(System.IO.Path.Combine(Path, "cgroup.kill")) && GroupFile.TryWrite(Path, "cgroup.kill", "1") == 0)
            return;
        foreach (var pid in Processes())
            _ = Syscalls.kill(pid, Syscalls.SIGKILL);
    }

    public int[] Processes() =>
    [
        .. (GroupFile.TryRead(Path, Procs) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => int.TryParse(line, CultureInfo.InvariantCulture, out var pid) ? pid : 0)

            // 0 is somebody whom our namespace does not show.
            .Where(pid => pid > 0),
    ];

    /// <summary>False while somebody is inside, or was until just now.</summary>
    public bool TryRemove() => Syscalls.rmdir(Path) == 0 || Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ENODEV;
}
