using System.Globalization;
using System.Net;

namespace Thaw.Sandboxing.Networks;

/// <summary>
/// The one nftables table of a daemon. Its name says whose it is, so that another daemon knows what a dead one has left, and what a living
/// one uses: <c>thaw_PID_STARTED_10.201.0.0_16_f</c>, with <c>f</c> when the machine forwarded no packets before.
/// </summary>
/// <param name="Pid">The daemon's.</param>
/// <param name="Started">When it was, in the kernel's ticks since its own start: process ids come again.</param>
/// <param name="Range">What its sandboxes get addresses of.</param>
/// <param name="SwitchedForwarding">Whether net.ipv4.ip_forward is to be 0 again when the last of us is gone.</param>
internal sealed record NatTable(int Pid, long Started, AddressRange Range, bool SwitchedForwarding)
{
    /// <summary>All links of all daemons begin so.</summary>
    internal const string AnyLink = "tw";

    /// <summary>
    /// Flows that the machine remembers of one sandbox at a time. Its table is for all (262,144 usually), and whoever fills it takes the
    /// network from everybody. Some 60 short connections a second fit, each of which is remembered for two minutes.
    /// </summary>
    private const int MostFlows = 8_192;

    // What some clouds have beside link-local addresses to tell a machine its secrets: Alibaba's, Azure's, Oracle's.
    private static readonly string[] Forbidden = ["169.254.0.0/16", "100.100.100.200", "168.63.129.16", "192.0.0.192"];

    internal string Name => string.Create(
        CultureInfo.InvariantCulture,
        $"thaw_{Pid}_{Started}_{Range.First}_{Range.Prefix}{(SwitchedForwarding ? "_f" : "")}");

    /// <summary>What the daemon's own links begin with; with six digits more it is a name that the kernel takes (15 letters).</summary>
    internal string LinkPrefix => LinkPrefixOf(Pid);

    internal bool IsAlive => StartOf(Pid) == Started;

    internal static NatTable OfThisProcess(AddressRange range, bool switchedForwarding) =>
        new(Environment.ProcessId, StartOf(Environment.ProcessId) ?? 0, range, switchedForwarding);

    /// <summary>Null for a table of somebody else's.</summary>
    internal static NatTable? Parse(string name)
    {
        return name.Split('_') is ["thaw", var pid, var started, var first, var prefix, .. var rest]
            && rest is [] or ["f"]
            && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && long.TryParse(started, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && AddressRange.Parse($"{first}/{prefix}") is { } range
            ? new(id, ticks, range, rest is ["f"])
            : null;
    }

    /// <summary>
    /// Out, and answers in; not to the machine, not to each other nor to an address that the next one may get, not with an address that
    /// is another's, not where clouds keep secrets. A name server may be in such a place; that port of it is open.
    /// </summary>
    internal string Rules(IReadOnlyList<IPAddress> nameservers)
    {
        var servers = string.Join(", ", nameservers);
        var names = servers.Length == 0 ? "" : $$"""

                ip daddr { {{servers}} } udp dport 53 accept
                ip daddr { {{servers}} } tcp dport 53 accept
            """;
        return $$"""
            table inet {{Name}} {
              set flows {
                type ipv4_addr; size {{Range.Pairs}}; flags dynamic;
              }
              chain forward {
                type filter hook forward priority filter; policy accept;
                iifname "{{LinkPrefix}}*" jump outbound
                oifname "{{LinkPrefix}}*" ct state established,related accept
                oifname "{{LinkPrefix}}*" drop
              }
              chain outbound {
                oifname "{{AnyLink}}*" drop
                ip saddr != {{Range}} drop
                fib saddr . iif oif missing drop
                ip daddr {{Range}} drop
                ct state new add @flows { ip saddr ct count over {{MostFlows}} } drop{{names}}
                ip daddr { {{string.Join(", ", Forbidden)}} } drop
                ct state new,established,related accept
                drop
              }
              chain input {
                type filter hook input priority filter; policy accept;
                iifname "{{LinkPrefix}}*" drop
              }
              chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                ip saddr {{Range}} oifname != "{{AnyLink}}*" masquerade
              }
            }

            """;
    }

    internal static string LinkPrefixOf(int pid)
    {
        const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";
        var text = "-";
        for (var rest = pid; rest > 0; rest /= Digits.Length)
            text = Digits[rest % Digits.Length] + text;
        return AnyLink + text;
    }

    // The twenty-second field of /proc/PID/stat; the second one is in parentheses and may hold anything.
    private static long? StartOf(int pid)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
