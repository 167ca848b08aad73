using Thaw.Sandboxing.Networks;

namespace Thaw.Daemon.Hosting;

/// <summary>What the user wants of sandboxes.</summary>
public sealed record SandboxWishes
{
    /// <summary>More would cost memory for a burst that nobody has seen yet: each is a process or two that wait.</summary>
    public const int MostReady = 100;

    /// <summary>How environments are kept apart.</summary>
    public IsolationChoice Isolation { get; init; } = IsolationChoice.Auto;

    /// <summary>What functions see of the network, where their isolation has one of its own and this can be had.</summary>
    public NetworkKind Network { get; init; } = NetworkKind.Nat;

    /// <summary>Where no control group does it: kill what makes an environment hold more than its function's memory size.</summary>
    public bool EnforceMemory { get; init; }

    /// <summary>Isolation by namespaces alone: functions may use all processors, whatever their memory size.</summary>
    public bool AllCpus { get; init; }

    /// <summary>What one snapshot may hold, in bytes.</summary>
    public long MostSnapshotBytes { get; init; } = long.MaxValue;

    /// <summary>How many empty sandboxes are kept ready for cold starts; 0 to <see cref="MostReady"/>.</summary>
    public int Ready { get; init; } = 2;
}
