namespace Thaw.Sandboxing.Networks;

/// <summary>What a sandbox sees of the network, the least first.</summary>
public enum NetworkKind
{
    /// <summary>A loopback of its own, and nothing else.</summary>
    Loopback,

    /// <summary>A loopback of its own, and by <see cref="NatNetwork"/> what lies beyond the machine.</summary>
    Nat,

    /// <summary>The machine's: nothing is between the sandbox and what listens on the machine.</summary>
    Host,
}
