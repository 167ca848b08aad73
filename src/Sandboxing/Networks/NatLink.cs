using System.Net;

namespace Thaw.Sandboxing.Networks;

/// <summary>One sandbox's way out. The link is gone with the sandbox's namespace too; its addresses are free after disposal.</summary>
public sealed class NatLink : IDisposable
{
    private readonly NatNetwork network;
    private readonly int pair;
    private readonly int index;
    private int disposed;

    internal NatLink(NatNetwork network, int pair, string name, int index)
    {
        (this.network, this.pair, this.index, Name) = (network, pair, index, name);
        (Gateway, Address) = network.Range.PairAt(pair);
    }

    /// <summary>Of the machine's end.</summary>
    public string Name { get; }

    /// <summary>Of the sandbox's end, which is called eth0.</summary>
    public IPAddress Address { get; }

    /// <summary>Of the machine's end.</summary>
    public IPAddress Gateway { get; }

    /// <summary>Blocks for as long as the kernel needs to be sure that nobody uses the link any more: some milliseconds.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
            network.Disconnect(index, pair);
    }
}
