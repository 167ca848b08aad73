namespace Thaw.Linux.AgentProtocol;

/// <summary>
/// How many of some things the user namespace of a sandbox may have: files in /proc/sys/user. An agent writes them in its set-up; a
/// snapshot does not hold them, so for a clone somebody else does.
/// </summary>
internal static class NamespaceAllowances
{
    private static readonly string[] Namespaces = ["user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time"];

    /// <summary>No namespaces; of inotify what a function needs: the machine has 128 and some hundred thousand, usually.</summary>
    internal static IReadOnlyList<(string File, string Most)> All { get; } =
    [
        .. Namespaces.Select(kind => ($"max_{kind}_namespaces", "0")),
        ("max_inotify_instances", "32"),
        ("max_inotify_watches", "16384"),
    ];
}
