using System.Net;

namespace Thaw.Sandboxing.Networks;

/// <summary>The network behind which sandboxes are.</summary>
public sealed record NatNetworkOptions
{
    /// <summary>Their addresses; null for a range of private ones that this machine has no other use for.</summary>
    public AddressRange? Range { get; init; }

    /// <summary>Who resolves names for them; null for those that the machine itself asks, as far as a sandbox can reach them.</summary>
    public IReadOnlyList<IPAddress>? Nameservers { get; init; }
}
