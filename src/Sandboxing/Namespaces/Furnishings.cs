using Thaw.Sandboxing.Cgroups;
using Thaw.Sandboxing.Storage;

namespace Thaw.Sandboxing.Namespaces;

/// <summary>What a sandbox gets of one function's, after it has been made.</summary>
public sealed record Furnishings
{
    /// <summary>What the sandbox has as its root from now on. Default: what all have.</summary>
    public ImageRoot? Root { get; init; }

    /// <summary>The function's own files.</summary>
    public IReadOnlyList<MountInside> Mounts { get; init; } = [];

    /// <summary>What becomes <c>/tmp</c> in the place of the sandbox's folder. It is let go of when the sandbox has it.</summary>
    public TmpImage? Temporary { get; init; }

    /// <summary>What all that run inside may hold together, as they are told; the group's limit may be above that.</summary>
    public long MemoryBytes { get; init; } = long.MaxValue;

    /// <summary>What the group has from now on. Default: what it had.</summary>
    public GroupLimits? Limits { get; init; }
}
