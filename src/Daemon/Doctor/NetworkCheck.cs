using Thaw.Sandboxing;
using Thaw.Sandboxing.Networks;

namespace Thaw.Daemon.Doctor;

/// <summary>Whether sandboxes can have a network behind the machine's address, tried in a network namespace of its own.</summary>
public sealed class NetworkCheck(bool isRoot) : ICheck
{
    private const string Name = "network";

    public IEnumerable<Finding> Look()
    {
        if (!isRoot)
        {
            const string NoLinks = "only root makes links: environments have a loopback only, or by --network host the machine's";
            return [new(Name, Verdict.Warn, NoLinks, "run thaw as root")];
        }

        if (HostProgram.Find("nft") is null)
            return [Finding.Missing(Name, Verdict.Warn, "no nft: environments have a loopback only, or the machine's network", "nftables")];
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
