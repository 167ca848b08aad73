using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Networks;
using Thaw.Sandboxing.Processes;
using Thaw.Sandboxing.Snapshots;

namespace Thaw.Sandboxing.Namespaces;

public sealed record NamespaceSandboxOptions
{
    public const string UsualHostName = "sandbox";

    /// <summary>Files that all sandboxes share.</summary>
    public required RootFileSystem Root { get; init; }

    /// <summary>
    /// The folder that is <c>/tmp</c> unless <see cref="Furnishings"/> bring another: it is made, belongs to the sandbox and goes with it.
    /// It lies on the machine's own disk, and nothing limits its size.
    /// </summary>
    public required string TemporaryFolder { get; init; }

    /// <summary>
    /// Limits and freezes all that run inside. It is removed with the sandbox. Default: one of
    /// <see cref="Launchers"/>; for a clone, one of <see cref="SnapshotterOptions.NewGroup"/>.
    /// </summary>
    public EnvironmentGroup? Group { get; init; }

    /// <summary>The way out to other machines. Default: there is none.</summary>
    public NatNetwork? Nat { get; init; }

    /// <summary>It has no network of its own, but the machine's, and <see cref="Nat"/> does not matter.</summary>
    public bool SharesNetwork { get; init; }

    public string HostName { get; init; } = UsualHostName;

    /// <summary>The agent to run. Default: the one beside the running program.</summary>
    public AgentProgram? Agent { get; init; }

    /// <summary>Has a launcher that waits, and groups. Default: a launcher is started for this sandbox, and there is no group.</summary>
    public Launchers? Launchers { get; init; }

    /// <summary>Default: one that no other sandbox of this process has.</summary>
    public UserRange? Users { get; init; }

    /// <summary>
    /// Called with the machine's id of the sandbox's first process, before that goes on to do anything: all others will be its children.
    /// </summary>
    public Action<int>? Place { get; init; }

    /// <summary>How long the set-up may take. Default: 10 s; it usually takes some milliseconds.</summary>
    public TimeSpan SetupLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long disposal waits for the last process to be gone. Default: 10 s; killing usually takes a few milliseconds.</summary>
    public TimeSpan DestroyLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Kills what makes the processes inside hold more together than they may, where no group does it.</summary>
    public MemoryWatch? MemoryWatch { get; init; }

    /// <summary>
    /// Makes it so that snapshots can be taken of it, or that it is restored from one. Default: none, which costs a little less.
    /// It must have a network of its own.
    /// </summary>
    public Snapshotter? Snapshotter { get; init; }

    /// <summary>Whom the kernel killed for want of memory.</summary>
    internal KernelKills KernelKills { get; init; } = KernelKills.Here;
}
