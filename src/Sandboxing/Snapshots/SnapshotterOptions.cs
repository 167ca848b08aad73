using Thaw.Sandboxing.Agents;
using Thaw.Sandboxing.Cgroups;

namespace Thaw.Sandboxing.Snapshots;

public sealed record SnapshotterOptions
{
    /// <summary>
    /// A folder that is ours to write to, for what is remembered from one daemon to the next: what a trial of this machine has shown.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>Where Thaw's own CRIU may lie beside the machine's. Default: <see cref="Criu.OwnFolder"/>.</summary>
    public string CriuFolder { get; init; } = Criu.OwnFolder;

    /// <summary>That of the sandboxes. Default: the one beside the running program.</summary>
    public AgentProgram? Agent { get; init; }

    /// <summary>
    /// What one snapshot may hold, in bytes; one that would be larger is not begun. Default: as much as the disk has room for.
    /// </summary>
    public long MostBytes { get; init; } = long.MaxValue;

    /// <summary>Tells when a snapshot was taken.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Restores at a time; the others wait. Default: one for each processor, which is what they are bound by.</summary>
    public int Concurrency { get; init; } = Math.Max(1, Environment.ProcessorCount);

    /// <summary>Processes of CRIU that wait for a restore; each serves one. 0 for none. Default: 2.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>
    /// Makes the group of a clone, before anybody needs it: a worker waits in it, since the kernel takes many milliseconds to move one
    /// there. Default: clones have that of their own options.
    /// </summary>
    public Func<EnvironmentGroup>? NewGroup { get; init; }

    /// <summary>How long a dump may take. Default: 60 s; it usually takes a tenth of a second.</summary>
    public TimeSpan DumpLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a restore may take. Default: 30 s; it usually takes some tens of milliseconds.</summary>
    public TimeSpan RestoreLimit { get; init; } = TimeSpan.FromSeconds(30);
}
