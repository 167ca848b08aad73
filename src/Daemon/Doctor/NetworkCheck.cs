using Thaw.Sandboxing;
using Thaw.Sandboxing.Networks;

namespace Thaw.Daemon.Doctor;

/// <summary>Whether sandboxes can have a network behind the machine's address, tried in a network namespace of its own.</summary>
public sealed class NetworkCheck(bool isRoot) : ICheck
{
    private const string Name = "network";

    public IEnumerable<Finding> Look()
    {
        if (HostProgram.Find("nft") is null)
            return [Finding.Missing(Name, Verdict.Warn, "no nft: environments have a loopback only, or the machine's network", "nftables")];
        if (!isRoot)
            return [new(Name, Verdict.Warn, "only root makes links: environments share this machine's network", "run thaw as root")];
        return
        [
            NatNetwork.WhyNot() is { } reason
                ? new(
                    Name,
                    Verdict.Warn,
                    $"environments have a loopback only, or the machine's network: {reason}",
                    "modprobe -a veth nf_tables nft_masq nft_fib_inet")
                : Finding.Pass(Name, "each environment has its own, behind this machine's address (nft, veth)"),
        ];
    }
}
