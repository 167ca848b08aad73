using Thaw.Contracts;
using Thaw.Sandboxing;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Namespaces;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.Daemon.Doctor;

/// <summary>All checks, in the order in which a reader needs them.</summary>
public static class Checks
{
    /// <param name="dataDirectory">Where thaw keeps its files.</param>
    /// <param name="programs">The user's own language programs.</param>
    public static IReadOnlyList<ICheck> OfThisMachine(
        string dataDirectory, IReadOnlyDictionary<RuntimeIdentifier, string>? programs = null) =>
    [
        new KernelCheck(File.Exists("/proc/sys/kernel/osrelease") ? File.ReadAllText("/proc/sys/kernel/osrelease").Trim() : ""),
        new UserCheck(Environment.IsPrivilegedProcess),
        new NamespacesCheck(Environment.IsPrivilegedProcess, PlainUser.WhyNot),
        new CgroupsCheck(MountsOfThisProcess(), ControlGroups.Find()),
        new SeccompCheck(),
        new OverlayCheck(),
        new TmpCheck(dataDirectory, Environment.IsPrivilegedProcess),
        new NetworkCheck(Environment.IsPrivilegedProcess),
        new CriuCheck([HostProgram.Find("criu")?.Path, Path.Combine(Criu.OwnFolder, "criu")]),
        new LinkerCheck(),
        new RuntimesCheck(programs),
    ];

    private static string MountsOfThisProcess() => File.Exists("/proc/self/mounts") ? File.ReadAllText("/proc/self/mounts") : "";
}
