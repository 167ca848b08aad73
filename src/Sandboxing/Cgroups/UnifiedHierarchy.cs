using System.Globalization;
using Thaw.Linux;

namespace Thaw.Sandboxing.Cgroups;

/// <summary>
/// The hierarchy of version 2. A group hands its controllers on only where <c>cgroup.subtree_control</c> says so, and it cannot do that
/// while it has processes itself. So a daemon that is alone in its group moves into a leaf of it:
/// <code>
///   group                          group              subtree_control: memory cpu pids
///     daemon              --->       thaw-daemon-ID-START/   the daemon
///                                    thaw/ID-START-NAME/     its sandboxes
/// </code>
/// </summary>
internal sealed class UnifiedHierarchy(string root, string baseFolder, IReadOnlyList<Controller> controllers, bool movesAside)
    : Hierarchy(root, baseFolder, controllers)
{
    private const string Procs = "cgroup.procs", SubtreeControl = "cgroup.subtree_control", LeafName = "thaw-daemon-";

    private readonly List<Controller> enabled = [];

    public override bool IsUnified => true;

    private string Leaf => Path.Combine(Base, LeafName + GroupName.Ours(""));

    protected override bool TidyAway(string folder)
    {
        var name = Path.GetFileName(folder);
        return name.StartsWith(LeafName, StringComparison.Ordinal)
            && GroupName.Parse(name[LeafName.Length..]) is { OwnerIsDead: true }
            && Syscalls.rmdir(folder) == 0;
    }

    protected override void Prepare()
    {
        if (movesAside)
        {
            MakeFolder(Leaf);
            GroupFile.Write(Leaf, Procs, Ourselves);
        }

        var before = ControllerNames.Parse(GroupFile.TryRead(Base, SubtreeControl));
        base.Prepare();

        // Each by itself: one that the kernel keeps back must not take the others with it.
        Controllers = [.. Controllers.Where(controller => TryEnable(Base, controller) && TryEnable(Parent, controller))];
        enabled.AddRange(Controllers.Except(before).Except(enabled));
    }

    protected override void Undo()
    {
        foreach (var controller in enabled)
            _ = GroupFile.TryWrite(Base, SubtreeControl, $"-{controller.Name()}");
        enabled.Clear();

        if (movesAside && GroupFile.TryWrite(Base, Procs, Ourselves) == 0)
            _ = Syscalls.rmdir(Leaf);
    }

    private static string Ourselves => Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private static bool TryEnable(string folder, Controller controller) =>
        GroupFile.TryWrite(folder, SubtreeControl, $"+{controller.Name()}") == 0;
}
