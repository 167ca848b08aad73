using System.Net;
using System.Net.Sockets;

namespace Thaw.Sandboxing.Networks;

/// <summary>
/// What a sandbox's /etc/resolv.conf says: as the machine's own, without servers that a sandbox cannot reach, such as a resolver on the
/// machine's loopback.
/// </summary>
/// <param name="Servers">Perhaps none; names do not resolve then.</param>
/// <param name="ResolvConf">The file's text.</param>
public sealed record NameResolution(IReadOnlyList<IPAddress> Servers, string ResolvConf)
{
    // systemd-resolved writes the servers that it asks itself into the second one.
    private static readonly string[] Files = ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"];

    // As resolv.conf(5) has it.
    private const int MaxServers = 3;

    /// <param name="nameservers">In place of the machine's.</param>
    public static NameResolution OfThisMachine(IReadOnlyList<IPAddress>? nameservers = null)
    {
        var own = OwnAddresses(File.ReadLines("/proc/thread-self/net/fib_trie"));
        var texts = Files.Where(File.Exists).Select(File.ReadAllText).ToList();
        if (nameservers is not null)
            texts.Insert(0, string.Concat(nameservers.Select(server => $"nameserver {server}\n")));
        return Of(texts, own);
    }

    /// <summary>Of the first text that names a server which can be reached.</summary>
    internal static NameResolution Of(IReadOnlyList<string> texts, IReadOnlySet<IPAddress> own)
    {
        foreach (var text in texts)
        {
            var lines = text.Split('\n').Select(line => line.Trim()).ToList();
            List<IPAddress> servers =
            [
                .. lines.Select(line => line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
                    .Where(words => words is ["nameserver", _, ..])
                    .Select(words => IPAddress.TryParse(words[1], out var address) ? address : IPAddress.IPv6None)
                    .Where(address => IsReachable(address, own))
                    .Take(MaxServers),
            ];
            if (servers.Count == 0)
                continue;
            var others = lines.Where(line => line.StartsWith("search", StringComparison.Ordinal)
                || line.StartsWith("domain", StringComparison.Ordinal) || line.StartsWith("options", StringComparison.Ordinal));
            return new(servers, string.Concat(others.Concat(servers.Select(server => $"nameserver {server}")).Select(line => line + "\n")));
        }

        return new([], "# This machine asks a resolver that only it can reach, and no other was set.\n");
    }

    /// <summary>The machine's, by what the kernel says of its routes. (.NET's own list fails while a link goes away.)</summary>
    internal static HashSet<IPAddress> OwnAddresses(IEnumerable<string> fibTrie)
    {
        var own = new HashSet<IPAddress>();
        IPAddress? last = null;
        foreach (var words in fibTrie.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (words is ["|--", var address])
                last = IPAddress.Parse(address);
            else if (words is ["/32", "host", "LOCAL"] && last is not null)
                own.Add(last);
        }

        return own;
    }

    private static bool IsReachable(IPAddress address, IReadOnlySet<IPAddress> own) =>
        address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any)
        && !own.Contains(address);
}
