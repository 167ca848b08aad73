using System.Globalization;

namespace Thaw.Sandboxing.Snapshots.Connections;

/// <summary>The TCP connections of a network namespace, as /proc/PID/net/tcp and tcp6 tell them.</summary>
internal static class SocketTable
{
    private const string Established = "01", SynSent = "02", SynReceived = "03";
    private const int AddressField = 1, PeerField = 2, StateField = 3, UserField = 7;

    internal readonly record struct Entry(ushort LocalPort, ushort PeerPort, uint User, bool IsIpv6);

    /// <summary>Connections that are open, or on their way to be.</summary>
    internal static IEnumerable<Entry> OpenConnections(int pid) =>
        ((string[])["tcp", "tcp6"]).SelectMany(name => Read(
            Lines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/net/{name}")), isIpv6: name == "tcp6"));

    /// <summary>Reads the lines of such a file.</summary>
    internal static IEnumerable<Entry> Read(IEnumerable<string> lines, bool isIpv6) =>
        from line in lines.Skip(1)
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields.Length > UserField && fields[StateField] is Established or SynSent or SynReceived
        select new Entry(
            Port(fields[AddressField]), Port(fields[PeerField]), uint.Parse(fields[UserField], CultureInfo.InvariantCulture), isIpv6);

    private static ushort Port(string address) =>
        ushort.Parse(address.AsSpan(address.LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Lines(string path) => File.Exists(path) ? File.ReadLines(path) : [];
}
